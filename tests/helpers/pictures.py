"""Pictures of the steps of a long test, kept only where $FINETUNE_STUDIO_PICTURES names a folder."""

import os
from pathlib import Path

from PySide6.QtWidgets import QWidget


class Album:
    """Numbers the pictures in the order in which they are taken."""

    def __init__(self, window: QWidget) -> None:
        folder = os.environ.get("FINETUNE_STUDIO_PICTURES")
        self._folder = Path(folder) if folder else None
        self._window = window
        self._count = 0

    def add(self, name: str) -> None:
        """Take one."""
        self._count += 1
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._window.grab().save(str(self._folder / f"{self._count:02}-{name}.png"))
