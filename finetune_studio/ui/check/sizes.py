"""Measures that the views of page Check share, in device-independent pixels."""

SCROLL_BAR = 10
"""As in the stylesheet; the room that every view of the middle keeps free at its right."""
