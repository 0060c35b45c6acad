"""R: roles and their order."""
