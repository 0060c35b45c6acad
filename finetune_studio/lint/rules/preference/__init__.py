"""V: preference pairs."""
