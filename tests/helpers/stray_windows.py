"""Widgets that become windows by accident: shown before they have a parent, they flash and take the focus."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QDialog, QMainWindow, QMenu, QWidget

_MEANT = (QDialog, QMainWindow, QMenu)


class StrayWindows(QObject):
    """An event filter for the application; `found` names each stray by its class."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            name = type(watched).__name__
            is_internal = name.startswith(("QComboBoxPrivate", "QTipLabel")) or type(watched) is QWidget
            if not isinstance(watched, _MEANT) and not is_internal:
                self.found.append(name)
        return False
