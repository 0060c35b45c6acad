"""Errors on their way to the person: a banner for expected ones, the crash dialog for bugs."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import (
    CancelledError,
    DamagedDatasetError,
    LockedDatasetError,
    StudioError,
)
from finetune_studio.ui.crash_dialog import CrashDialog
from finetune_studio.ui.widgets import Banner


class ErrorDisplay(QObject):
    """`read_only_requested(path)`: the person wants to look at a locked dataset; `recover_requested(path)`:
    a damaged one is to be saved as far as it can be."""

    read_only_requested = Signal(object)
    recover_requested = Signal(object)

    def __init__(self, banner: Banner, dataset_of: Callable[[Path], Path], window: QWidget) -> None:
        super().__init__(window)
        self._banner = banner
        self._dataset_of = dataset_of
        self._window = window
        self._crash: QWidget | None = None
        self._path: Path | None = None
        self._error: BaseException | None = None
        self._action: Callable[[], object] | None = None
        banner.hide()
        banner.action_requested.connect(self._on_action_requested)

    @Slot(object)
    def start_over(self, path: Path) -> None:
        """A file is being opened: errors before are past, the next ones are about it."""
        self._banner.hide()
        self._path = path

    @Slot(object)
    def show_error(self, error: BaseException) -> None:
        """Show one error; a cancelled task is none."""
        if isinstance(error, CancelledError):
            return
        if not isinstance(error, StudioError):
            self._show_crash(error)
            return
        self._error = error
        self._action = None
        text, tone, action = f"{error.text} {error.advice}".strip(), "error", ""
        if self._path is not None and isinstance(error, LockedDatasetError):
            action = "Open for reading only"
            from finetune_studio.ui.shell.raiser import raise_other

            if raise_other(self._dataset_of(self._path)):
                text, tone = f"{self._path.name} is open in another window, which is in front now.", "info"
        elif self._path is not None and isinstance(error, DamagedDatasetError):
            action = "Recover into a new file"
        self._banner.show_message(text, tone, action)

    def show_notice(
        self, text: str, tone: str = "info", action_text: str = "", action: Callable[[], object] | None = None
    ) -> None:
        """Something that stays in view until it is closed, perhaps with one thing to do about it."""
        self._error, self._action = None, action
        self._banner.show_message(text, tone, action_text)

    @Slot()
    def clear(self) -> None:
        self._banner.hide()

    def _show_crash(self, error: BaseException) -> None:
        """One crash dialog at a time: a broken paint event would open hundreds."""
        if self._crash is not None and isValid(self._crash) and self._crash.isVisible():
            return
        self._crash = CrashDialog(error, self._window if isValid(self._window) else None)
        self._crash.open()

    @Slot()
    def _on_action_requested(self) -> None:
        self._banner.hide()
        if self._action is not None:
            self._action()
        elif isinstance(self._error, LockedDatasetError):
            self.read_only_requested.emit(self._path)
        elif isinstance(self._error, DamagedDatasetError):
            self.recover_requested.emit(self._path)
