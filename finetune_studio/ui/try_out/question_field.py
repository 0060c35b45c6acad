"""The line in which a question is written: Enter sends, Shift+Enter begins a new line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.widgets import StudioTextEdit


class QuestionField(StudioTextEdit):
    """Grows with its text to six lines."""

    send_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Ask both models a question …", type="message", grows=True, max_lines=6, parent=parent
        )
        self.setAccessibleName("Question")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.send_requested.emit()
            return
        super().keyPressEvent(event)
