"""The rehearsal engine: a small network that truly trains, to show the way at no cost."""
