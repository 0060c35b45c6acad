"""A sentence over the cards with the choices that a person has."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import Button, LineHeightLabel
from finetune_studio.ui.widgets.badge import SeverityIcon

_GAP = 16
_NARROW = 620
"""Pixels below which the choices stand under the sentence."""
_TONE = "warning"


class ConflictBar(QWidget):
    """`chosen(name)` of one of the choices; it stays until its owner hides it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = LineHeightLabel()
        self.buttons: dict[str, Button] = {}
        frame = QFrame()
        frame.setProperty("panel", "banner")
        frame.setProperty("tone", _TONE)
        sentence = QHBoxLayout()
        sentence.setSpacing(10)
        sentence.addWidget(SeverityIcon(_TONE), 0, Qt.AlignmentFlag.AlignVCenter)
        sentence.addWidget(self.label, 1)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(_GAP)
        self._choices.addStretch(1)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, frame)
        self._box.setContentsMargins(12, 8, 14, 8)
        self._box.setSpacing(_GAP)
        self._box.addLayout(sentence, 1)
        self._box.addLayout(self._choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        self.hide()

    def ask(self, words: str, choices: Sequence[tuple[str, str]]) -> None:
        """Show a sentence and a button for each (name, text)."""
        self.label.setText(words)
        self.show()
        if [(name, button.text()) for name, button in self.buttons.items()] == list(choices):
            return
        for button in self.buttons.values():
            self._choices.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for place, (name, text) in enumerate(choices):
            button = Button(text, kind="link")
            button.clicked.connect(self._on_button_clicked)
            self._choices.insertWidget(place, button)
            self.buttons[name] = button
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        """Beside each other where there is room, else one below the other, in line with the sentence."""
        is_narrow = self.width() < _NARROW
        way = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if way != self._box.direction():
            self._box.setDirection(way)
            self._box.setSpacing(4 if is_narrow else _GAP)
            self._choices.setContentsMargins(26 if is_narrow else 0, 0, 0, 0)

    @Slot()
    def _on_button_clicked(self) -> None:
        sender = self.sender()
        self.chosen.emit(next(name for name, button in self.buttons.items() if button is sender))
