"""The line over one side of a preference pair: its name, and what can be done with the pair."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.ui.widgets import Button, Label, plain_tooltip
from finetune_studio.ui.write.message_rows import INPUT, MESSAGES, NON_PREFERRED, PREFERRED

HEIGHT = 26
_TEXTS = {
    MESSAGES: "No messages yet. Add the first one.",
    INPUT: "Input",
    PREFERRED: "Preferred",
    NON_PREFERRED: "Non-preferred",
}
_BUTTONS = {
    PREFERRED: (
        ("pair.swap", "Swap", "Swap preferred and non-preferred"),
        ("pair.keep_preferred", "Keep this", "Keep the preferred answer as a conversation"),
    ),
    NON_PREFERRED: (("pair.keep_other", "Keep this", "Keep the non-preferred answer as a conversation"),),
}
"""(command, text, accessible name); both answers have one to keep it."""


class SideHeading(QWidget):
    """`command_requested(command id)` from its buttons."""

    command_requested = Signal(str)

    def __init__(self, side: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(14)
        self.label = Label(_TEXTS[side], type="secondary" if side == MESSAGES else "strong")
        row.addWidget(self.label)
        row.addStretch(1)
        self.buttons: list[Button] = []
        for command_id, text, name in _BUTTONS.get(side, ()):
            button = Button(text, kind="link")
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.setProperty("command", command_id)
            button.setAccessibleName(name)
            button.setToolTip(plain_tooltip(name))
            button.clicked.connect(self._on_button_clicked)
            row.addWidget(button)
            self.buttons.append(button)

    def text(self) -> str:
        return self.label.text()

    def focus_widgets(self) -> list[QWidget]:
        return [button for button in self.buttons if button.isEnabled()]

    def set_writable(self, writable: bool) -> None:
        for button in self.buttons:
            button.setEnabled(writable)

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.command_requested.emit(str(button.property("command")))
