"""Text editors whose undo is the dataset's."""

import math

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent, QTextOption
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

_UNBROKEN_LIMIT = 20_000
"""Characters without a break above which wrapping freezes the editor (measured by the design)."""


def is_history_override(event: QEvent) -> bool:
    """True for the event in which Qt asks whether an editor wants undo or redo for itself."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and is_history_key(event)
    )


def is_history_key(event: QKeyEvent) -> bool:
    """True for the keys of undo and redo, which belong to the dataset's history."""
    redo_too = QKeySequence(Qt.KeyboardModifier.ControlModifier | Qt.Key.Key_Y)
    pressed = QKeySequence(event.keyCombination())
    return (
        event.matches(QKeySequence.StandardKey.Undo)
        or event.matches(QKeySequence.StandardKey.Redo)
        or pressed == redo_too
    )


class HistoryKeyFilter(QObject):
    """Event filter for any editor: lets undo and redo through to the window's commands."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_history_override(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class StudioLineEdit(QLineEdit):
    """A line edit that leaves undo and redo to the dataset's history."""

    def __init__(self, text: str = "", placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setPlaceholderText(placeholder)

    def event(self, event: QEvent) -> bool:
        if is_history_override(event):
            event.ignore()
            return False
        return super().event(event)


class StudioTextEdit(QPlainTextEdit):
    """A plain text editor without an undo of its own; `type` is a text style ("", "message", "mono").

    `grows` makes its height follow the text up to `max_lines`. Tab moves the focus. Its text is a view:
    write back only what the person edited (toPlainText loses NBSP, U+2028 and lone surrogates).
    """

    focus_in = Signal()
    focus_out = Signal()
    height_changed = Signal()

    def __init__(
        self,
        placeholder: str = "",
        type: str = "",  # noqa: A002
        bare: bool = False,
        grows: bool = False,
        max_lines: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._grows = grows
        self._max_lines = max_lines
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(placeholder)
        if type:
            self.setProperty("type", type)
        if bare:
            self.setProperty("kind", "bare")
        if grows:
            self.setVerticalScrollBarPolicy(
                Qt.ScrollBarPolicy.ScrollBarAsNeeded if max_lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            )
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.document().documentLayout().documentSizeChanged.connect(self._on_size_changed)

    def set_text(self, text: str) -> None:
        """Show `text`; wrapping goes off for one unbroken run of over 20,000 characters."""
        longest = max(map(len, text.split()), default=0) if len(text) > _UNBROKEN_LIMIT else 0
        wrap = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap if longest > _UNBROKEN_LIMIT else wrap)
        self.setPlainText(text)

    def event(self, event: QEvent) -> bool:
        if is_history_override(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_history_key(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_in.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_out.emit()

    def text_height(self) -> int:
        """Height in pixels that shows all the text (or `max_lines` of it)."""
        layout = self.document().documentLayout()
        height = 0.0
        block = self.document().begin()
        while block.isValid():
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        if self._max_lines:
            height = min(height, self._max_lines * self.fontMetrics().lineSpacing())
        frame = self.height() - self.viewport().height() if self.viewport().height() > 0 else 12
        return math.ceil(height + self.document().documentMargin() * 2) + max(frame, 0)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self._grows:
            hint.setHeight(self.text_height())
        return hint

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        if self._grows:
            hint.setHeight(self.text_height())
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._grows and event.size().width() != event.oldSize().width():
            self._on_size_changed()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._grows:
            self._on_size_changed()

    def _on_size_changed(self) -> None:
        self.updateGeometry()
        self.height_changed.emit()
