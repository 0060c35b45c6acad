"""Measures that the views of page Check share, in device-independent pixels."""

HEAD = 32
"""The least height of a view's heading: titles stand at the same height with buttons and without."""
SCROLL_BAR = 10
"""As in the stylesheet; the room that every view of the middle keeps free at its right."""
