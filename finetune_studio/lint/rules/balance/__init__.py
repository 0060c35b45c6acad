"""B: balance of the dataset."""
