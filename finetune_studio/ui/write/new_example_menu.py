"""The menu of the New button, and what each entry starts with."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.domain.example import Conversation, Example, PreferencePair, Record
from finetune_studio.domain.message import Message, Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.icons import icon
from finetune_studio.workspace.operations.examples import EMPTY_CONVERSATION, EMPTY_PAIR


class NewExampleMenu(QMenu):
    """`chosen(record)`; `like_requested()` for one with the system prompt and tools of the open example."""

    chosen = Signal(object)
    like_requested = Signal()

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conversation = self.addAction(icon("message-square"), "Conversation")
        self._conversation.setShortcut(commands.action("example.new").shortcut())
        self._pair = self.addAction(icon("columns-2"), "Preference pair")
        self.like = self.addAction(icon("copy"), "Like this one (same system prompt and tools)")
        self.addAction(commands.action("example.from_template"))
        self._conversation.triggered.connect(self._on_conversation_triggered)
        self._pair.triggered.connect(self._on_pair_triggered)
        self.like.triggered.connect(self.like_requested)

    @Slot()
    def _on_conversation_triggered(self) -> None:
        self.chosen.emit(EMPTY_CONVERSATION)

    @Slot()
    def _on_pair_triggered(self) -> None:
        self.chosen.emit(EMPTY_PAIR)


def record_like(example: Example) -> Record:
    """An empty example with the system prompt and the tools of another one."""
    record = example.record
    is_pair = isinstance(record, PreferencePair)
    given = record.input if isinstance(record, PreferencePair) else record
    if given is None:
        return EMPTY_CONVERSATION
    opening = []
    for message in given.messages:
        if message.role not in (Role.SYSTEM, Role.DEVELOPER):
            break
        opening.append(message)
    asked = Conversation((*opening, Message(Role.USER, "")), given.tools, given.parallel_tool_calls)
    answer = (Message(Role.ASSISTANT, ""),)
    if is_pair:
        return PreferencePair(asked, answer, answer)
    return Conversation((*asked.messages, *answer), given.tools, given.parallel_tool_calls)
