"""The running app, driven from outside: waits for it, and takes pictures of it."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from finetune_studio.resource_files import resource
from finetune_studio.ui.application import Studio
from finetune_studio.ui.commands.palette import CommandPalette
from finetune_studio.workspace.workspace import Workspace


class Stage:
    """One window on one temporary home; `shoot(name)` writes OUT/name-theme-size.png."""

    def __init__(self, studio: Studio, out: Path, suffix: str, folder: Path) -> None:
        self.studio = studio
        self.folder = folder
        self._out = out
        self._suffix = suffix
        self._samples = 0

    @property
    def workspace(self) -> Workspace:
        """The open dataset."""
        workspace = self.studio.window.workspace
        assert workspace is not None, "no dataset is open"
        return workspace

    def page(self, key: str) -> QWidget:
        """Bring a page to the front."""
        page = self.studio.window.pages.show_page(key)
        assert page is not None, f"there is no page {key}"
        self.settle()
        return page

    def wait(self, condition: Callable[[], bool], seconds: float = 30.0, what: str = "") -> None:
        """Let the app run until the condition holds; AssertionError after so many seconds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what or condition}"
            self.settle(20)

    def settle(self, milliseconds: int = 250) -> None:
        """Let the app run for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def open(self, path: Path) -> None:
        """Open a dataset that is not open yet, and wait until it has been checked."""
        before = self.studio.window.workspace
        self.studio.window.datasets.open_path(path)
        self.wait(lambda: self._is_checked(before), what=f"{path.name} being checked")
        self.settle()

    def open_sample(self) -> None:
        """Open a copy of the sample that no scene has touched."""
        self._samples += 1
        path = self.folder / f"sample-{self._samples}" / "marv.jsonl"
        path.parent.mkdir()
        shutil.copy(resource("samples", "marv.jsonl"), path)
        self.open(path)

    def clear(self) -> None:
        """Close what a scene has left above the window."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.studio.window and widget.isVisible():
                widget.close()
        for palette in self.studio.window.findChildren(CommandPalette):
            palette.close_palette()
        self.settle(50)

    def _is_checked(self, before: Workspace | None) -> bool:
        workspace = self.studio.window.workspace
        if workspace is None or workspace is before:
            return False
        summary = workspace.lint.summary
        return not summary.is_running and summary.checked == summary.total

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """Take a picture of the window with what floats above it, or of one widget."""
        self.settle()
        window = widget or self.studio.window
        picture = window.grab()
        if widget is None:
            self._add_floating(picture)
        path = self._out / f"{name}-{self._suffix}.png"
        picture.save(str(path))
        print(path)

    def shoot_dialog(self, name: str, dialog: QDialog) -> None:
        """Show a dialog, take its picture, and close it."""
        dialog.show()
        self.settle(600)
        self.shoot(name, dialog)
        dialog.reject()
        dialog.deleteLater()

    def _add_floating(self, picture: QPixmap) -> None:
        from PySide6.QtGui import QPainter

        origin = self.studio.window.mapToGlobal(self.studio.window.rect().topLeft())
        painter = QPainter(picture)
        for other in QApplication.topLevelWidgets():
            if other is not self.studio.window and other.isVisible():
                painter.drawPixmap(other.mapToGlobal(other.rect().topLeft()) - origin, other.grab())
        painter.end()
