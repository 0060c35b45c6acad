"""P: privacy and safety."""
