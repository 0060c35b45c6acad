"""A sentence over the cards with the choices that a person has."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import Banner, Button, LineHeightLabel

_GAP = 16


class ConflictBar(QWidget):
    """`chosen(name)` of one of the choices; it stays until its owner hides it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner = Banner(tone="warning", closable=False)
        self.buttons: dict[str, Button] = {}
        self._choices = QHBoxLayout()
        self._choices.setContentsMargins(_GAP, 0, 4, 0)
        self._choices.setSpacing(_GAP)
        row = self._banner.layout()
        assert isinstance(row, QBoxLayout)
        row.addLayout(self._choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._banner)
        self.hide()

    @property
    def label(self) -> LineHeightLabel:
        return self._banner.label

    def ask(self, words: str, choices: Sequence[tuple[str, str]]) -> None:
        """Show a sentence and a button for each (name, text)."""
        self._banner.show_message(words, "warning")
        self.show()
        if [(name, button.text()) for name, button in self.buttons.items()] == list(choices):
            return
        for button in self.buttons.values():
            self._choices.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for name, text in choices:
            button = Button(text, kind="link")
            button.clicked.connect(self._on_button_clicked)
            self._choices.addWidget(button)
            self.buttons[name] = button

    @Slot()
    def _on_button_clicked(self) -> None:
        sender = self.sender()
        self.chosen.emit(next(name for name, button in self.buttons.items() if button is sender))
