"""Answering dialogs that wait in a loop of their own."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog

D = TypeVar("D", bound=QDialog)


def on_next_dialog(kind: type[D], act: Callable[[D], object]) -> None:
    """Act on the next modal dialog of a kind as soon as it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind) and dialog.isActiveWindow():
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)


def during_dialog(kind: type[D], act: Callable[[D], object]) -> list[D]:
    """Like `on_next_dialog`, and close it afterwards, else its loop goes on for ever when something is not as
    it should be; the list holds the dialog from then on."""
    seen: list[D] = []

    def act_and_close(dialog: D) -> None:
        seen.append(dialog)
        try:
            act(dialog)
        finally:
            if dialog.isVisible():
                dialog.reject()

    on_next_dialog(kind, act_and_close)
    return seen
