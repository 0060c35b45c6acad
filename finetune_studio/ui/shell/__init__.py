"""The frame of the window: header, status bar, page stack, help and about."""
