"""A line to search or filter with."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets.labels import plain_tooltip
from finetune_studio.ui.widgets.style import set_style_property


class SearchField(QLineEdit):
    """`search_changed(text)` comes `delay` ms after the last key, at once on Return and on clear.

    Escape empties it; Down asks for the list below (`down_requested`).
    """

    search_changed = Signal(object)
    down_requested = Signal()

    def __init__(self, placeholder: str = "Search", delay: int = 150, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(delay)
        self._timer.timeout.connect(self._tell)
        mark = QAction(icon("search", "placeholder"), "Search", self)
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(icon("x"), "Clear", self)
        self._clear.triggered.connect(self.clear_now)
        self.textChanged.connect(self._on_text_changed)
        self.returnPressed.connect(self._tell)

    def set_error(self, text: str) -> None:
        """Mark what is typed as wrong and say why in the tooltip; empty takes the mark away."""
        set_style_property(self, "invalid", bool(text))
        self.setToolTip(plain_tooltip(text) if text else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear_now()
        elif event.key() == Qt.Key.Key_Down:
            self.down_requested.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def clear_now(self) -> None:
        self.clear()
        self._tell()

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        shown = self._clear in self.actions()
        if text and not shown:
            self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        elif not text and shown:
            self.removeAction(self._clear)
        self._timer.start()

    @Slot()
    def _tell(self) -> None:
        self._timer.stop()
        if self.text() != self._last:
            self._last = self.text()
            self.search_changed.emit(self._last)
