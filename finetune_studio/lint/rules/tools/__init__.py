"""T: tools and calls."""
