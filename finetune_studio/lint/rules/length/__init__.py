"""L: length in tokens."""
