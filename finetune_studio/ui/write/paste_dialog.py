"""A copied text and the messages that it becomes, side by side, before anything is changed."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QMimeData, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.transcripts import Transcript, TranscriptKind, parse_transcript
from finetune_studio.ui.widgets import (
    Button,
    Card,
    ComboBox,
    EmptyState,
    Label,
    LineHeightLabel,
    ScrollColumn,
    Segmented,
    StudioTextEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.findings_marks import to_points, to_units
from finetune_studio.ui.write.text_binding import TextBinding
from finetune_studio.ui.write.words import counted

APPEND, REPLACE, NEW = "append", "replace", "new"
_READ_AFTER = 200
"""Milliseconds after the last key."""
_SHOWN = 60
"""Messages that are shown; a longer conversation is taken whole."""
_LIMIT = 4_000_000
_PREVIEW = 280
_ROLES = (Role.SYSTEM, Role.DEVELOPER, Role.USER, Role.ASSISTANT, Role.TOOL)
_HINT = "User: … and Assistant: … on lines of their own, JSON messages, or the text of a shared chat."
_KINDS = {
    TranscriptKind.LABELS: "Read by its labels.",
    TranscriptKind.JSON: "Read as JSON messages.",
    TranscriptKind.SHAREGPT: "Read as ShareGPT turns.",
    TranscriptKind.CHAT_MARKUP: "Read as chat markup.",
}


class MessagePreview(Card):
    """One message to be: its role, which can be changed, and the beginning of its text."""

    def __init__(self, number: int, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(spacing=6, margin=12, parent=parent)
        self.role = ComboBox(f"Role of message {number + 1}")
        names = [role.value for role in _ROLES]
        for name in names if message.role in names else [message.role, *names]:
            self.role.addItem(name.capitalize() or "No role", name)
        self.role.setCurrentIndex(self.role.findData(message.role))
        self.role.setProperty("number", number)
        self.role.setFixedWidth(132)
        text = message.text.strip()
        words = f"{text[:_PREVIEW]}…" if len(text) > _PREVIEW else text
        if message.tool_calls:
            words = f"{words}\n{counted(len(message.tool_calls), 'tool call')}".strip()
        self.body.addWidget(self.role)
        self.body.addWidget(LineHeightLabel(words or "No text", type="" if words else "secondary"))


class CopiedText(StudioTextEdit):
    """`pasted(text)` with what is in the clipboard, before the widget could change it."""

    pasted = Signal(object)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.pasted.emit(source.text())


class PasteDialog(QDialog):
    """Accepted: `messages()` and `mode` (append, replace or new) say what to do."""

    def __init__(
        self,
        text: str = "",
        *,
        has_example: bool = True,
        is_empty: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Paste as messages")
        self.resize(900, 620)
        self._binding = TextBinding(text)
        self._roles: dict[int, str] = {}
        self.transcript = Transcript()
        self.source = CopiedText(_HINT)
        self.source.setAccessibleName("Copied text")
        self.source.set_text(self._binding.shown)
        self.summary = Label(type="secondary")
        self.swap = Button("Swap user and assistant", kind="link")
        self.column = ScrollColumn(spacing=8)
        self.column.setAccessibleName("Messages")
        self.empty = EmptyState("messages-square", "No conversation yet", _HINT)
        self._cards: list[QWidget] = []
        choices = [(APPEND, "Add at the end"), (REPLACE, "Replace the messages"), (NEW, "New example")]
        self.choice = Segmented(choices, "What to do with the messages")
        self.choice.set_current((REPLACE if is_empty else APPEND) if has_example else NEW)
        for key in (APPEND, REPLACE):
            self.choice.button(key).setEnabled(has_example)
        self.apply = Button("Paste", kind="primary")
        self.cancel = Button("Cancel")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_READ_AFTER)
        self._timer.timeout.connect(self.read)
        self.source.textChanged.connect(self._on_source_text_changed)
        self.source.pasted.connect(self._on_source_pasted)
        self.swap.clicked.connect(self._on_swap_clicked)
        self.apply.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.read()
        (self.source if not text else self.apply).setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(6)
        title = Label("Copied text", type="label")
        title.setBuddy(self.source)
        left.addWidget(title)
        left.addWidget(self.source, 1)
        right = QVBoxLayout()
        right.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.summary)
        head.addStretch(1)
        head.addWidget(self.swap)
        right.addLayout(head)
        right.addWidget(self.column, 1)
        right.addWidget(self.empty, 1)
        middle = QHBoxLayout()
        middle.setSpacing(20)
        middle.addLayout(left, 1)
        middle.addLayout(right, 1)
        foot = button_row(self.choice, None, self.cancel, self.apply)
        outer = dialog_column(self, 14)
        outer.addLayout(middle, 1)
        outer.addLayout(foot)
        for button in (self.swap, self.cancel):
            button.setAutoDefault(False)

    @property
    def mode(self) -> str:
        return self.choice.current()

    def messages(self) -> tuple[Message, ...]:
        """What the text becomes, with the roles that were chosen here."""
        return tuple(
            _with_role(message, self._roles.get(number, message.role))
            for number, message in enumerate(self.transcript.messages)
        )

    @Slot()
    def read(self) -> None:
        """Read the text again."""
        self._timer.stop()
        text = self._binding.text
        self._roles = {}
        self.transcript = parse_transcript(text) if len(text) <= _LIMIT else Transcript()
        if len(text) > _LIMIT:
            self.empty.set_texts("Too long to paste", "Save it as a file and import that.")
        elif text.strip():
            self.empty.set_texts("No conversation found in this text", _HINT)
        else:
            self.empty.set_texts("No conversation yet", _HINT)
        self._show_messages()

    def _show_messages(self) -> None:
        for card in self._cards:
            self.column.body.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        found = self.messages()
        for number, message in enumerate(found[:_SHOWN]):
            card = MessagePreview(number, message)
            card.role.currentIndexChanged.connect(self._on_role_changed)
            self._add(card)
        if len(found) > _SHOWN:
            self._add(Label(f"and {counted(len(found) - _SHOWN, 'message')} more", type="secondary"))
        has_any = bool(found)
        self.column.setVisible(has_any)
        self.empty.setVisible(not has_any)
        self.swap.setVisible(has_any)
        self.apply.setEnabled(has_any)
        self.apply.setText(f"Paste {counted(len(found), 'message')}" if has_any else "Paste")
        self.summary.setText(self._says() if has_any else "Messages")

    def _says(self) -> str:
        parts = [_KINDS.get(self.transcript.kind, "")]
        if self.transcript.more:
            parts.append(
                f"The first of {counted(self.transcript.more + 1, 'conversation')}; import a file for all."
            )
        return " ".join(part for part in parts if part)

    def _add(self, part: QWidget) -> None:
        self.column.body.addWidget(part)
        self._cards.append(part)

    def previews(self) -> Sequence[MessagePreview]:
        """The messages that are shown."""
        return [card for card in self._cards if isinstance(card, MessagePreview)]

    @Slot()
    def _on_source_text_changed(self) -> None:
        if self._binding.take(self.source.document().toRawText()):
            self._timer.start()

    @Slot(object)
    def _on_source_pasted(self, text: str) -> None:
        """In place of the selection, to the character; the widget shows a stand-in of what it cannot hold."""
        cursor, binding = self.source.textCursor(), self._binding
        places = (cursor.selectionStart(), cursor.selectionEnd())
        first, last = (binding.to_text(to_points(binding.shown, place)) for place in places)
        self._binding = TextBinding(binding.text[:first] + text + binding.text[last:])
        with QSignalBlocker(self.source):
            self.source.set_text(self._binding.shown)
        end = self._binding.to_shown(first + len(text))
        cursor = self.source.textCursor()
        cursor.setPosition(to_units(self._binding.shown, end))
        self.source.setTextCursor(cursor)
        self._timer.start()

    @Slot()
    def _on_role_changed(self) -> None:
        box = self.sender()
        if isinstance(box, ComboBox):
            self._roles[int(box.property("number"))] = str(box.currentData())

    @Slot()
    def _on_swap_clicked(self) -> None:
        other: dict[str, str] = {Role.USER: Role.ASSISTANT, Role.ASSISTANT: Role.USER}
        for number, message in enumerate(self.messages()):
            self._roles[number] = other.get(message.role, message.role)
        for preview in self.previews():
            role = self._roles[int(preview.role.property("number"))]
            with QSignalBlocker(preview.role):
                preview.role.setCurrentIndex(preview.role.findData(str(role), Qt.ItemDataRole.UserRole))


def _with_role(message: Message, role: str) -> Message:
    """A weight goes with a message that is no longer the assistant's."""
    if role == message.role:
        return message
    return replace(message, role=role, weight=message.weight if role == Role.ASSISTANT else None)
