"""The row below the last card: what may be added."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.domain.message import Role
from finetune_studio.ui.widgets import Button, plain_tooltip
from finetune_studio.ui.write.message_rows import MESSAGES

HEIGHT = 34
_GAP = 10
_DRAFT = "Draft a reply"
_ICON = 52
"""What the draft's button needs beside its words."""


class AddRow(QWidget):
    """`add_requested(side, role)`; the role "tool" stands for a tool call with its answer.

    `draft_requested`: a model is to draft the next reply, offered for conversations.
    """

    add_requested = Signal(str, str)
    draft_requested = Signal()

    def __init__(self, side: str, roles: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = side
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(_GAP)
        self.buttons: dict[str, Button] = {}
        for role in roles:
            is_call = role == Role.TOOL
            words = "Tool call" if is_call else role.capitalize()
            button = Button(words, icon_name="wrench" if is_call else "plus")
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.setProperty("role", role)
            button.setAccessibleName("Add a tool call" if is_call else f"Add: {role} message")
            button.clicked.connect(self._on_button_clicked)
            layout.addWidget(button)
            self.buttons[role] = button
        layout.addStretch(1)
        self.draft = Button(_DRAFT, icon_name="wand-sparkles", icon_tint="accent")
        self.draft.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.draft.setToolTip(plain_tooltip("Draft a reply (Ctrl+Shift+D)"))
        self.draft.clicked.connect(self.draft_requested)
        layout.addWidget(self.draft)
        self.draft.setHidden(side != MESSAGES)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room the draft's button has no words."""
        shown = [button for button in self.buttons.values() if not button.isHidden()]
        words = self.draft.fontMetrics().horizontalAdvance(_DRAFT) + _ICON
        taken = sum(button.sizeHint().width() + _GAP for button in shown)
        self.draft.setText(_DRAFT if taken + words <= self.width() else "")
        self.draft.setAccessibleName(_DRAFT)

    def focus_widgets(self) -> list[QWidget]:
        buttons = [*self.buttons.values(), self.draft]
        return [button for button in buttons if button.isEnabled() and not button.isHidden()]

    def set_writable(self, writable: bool) -> None:
        for button in self.buttons.values():
            button.setEnabled(writable)
        self.draft.setEnabled(writable)

    def offer(self, role: str, offered: bool) -> None:
        """Show or hide one of the buttons."""
        if role in self.buttons:
            self.buttons[role].setVisible(offered)
            self._fit()

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.add_requested.emit(self.side, str(button.property("role")))
