"""`python -m tests.screens OUT`: every screen and state of the app, as PNG files to look at."""
