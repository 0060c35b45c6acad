"""D: duplicates and contradictions."""
