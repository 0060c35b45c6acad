"""The rules, one a file, in folders by the letter of their codes; registry.py lists them."""
