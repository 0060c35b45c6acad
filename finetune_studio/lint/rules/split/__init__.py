"""S: size and splits."""
