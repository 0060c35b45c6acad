"""A text of a message as Markdown, for reading; nothing in it is fetched, run or opened."""

import math

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from finetune_studio.ui.widgets import SafeBrowser, set_style_property


class MarkdownView(SafeBrowser):
    """`edit_requested` by a double click, Enter or F2."""

    edit_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._zoom = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("type", "message")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTabChangesFocus(True)

    @property
    def text(self) -> str:
        """What it shows the Markdown of."""
        return self._text

    def show_text(self, text: str, zoom: int) -> None:
        if (text, zoom) != (self._text, self._zoom):
            self._text, self._zoom = "", zoom
            if zoom != 100 or self.property("zoom"):
                set_style_property(self, "zoom", str(zoom))
            self._text = text
            self.show_markdown(text.encode("utf-8", "replace").decode(), zoom / 100)

    def height_for(self, width: int) -> int:
        """Take a width and return the height that shows all of it."""
        self.resize(width, self.height())
        self.document().setTextWidth(width)
        return math.ceil(self.document().size().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._text:
            self.show_markdown(self._text.encode("utf-8", "replace").decode(), self._zoom / 100)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_requested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and not event.modifiers():
            self.edit_requested.emit()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The conversation scrolls."""
        event.ignore()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """It shows all of its text, so that there is nothing to scroll to."""
