"""Q: quality of the text."""
