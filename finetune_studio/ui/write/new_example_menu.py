"""The menu of the New button, and what each entry starts with."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import Conversation, Example, PreferencePair, Record
from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.records import decode
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.welcome.templates import DatasetTemplate, load_templates
from finetune_studio.workspace.operations.examples import EMPTY_CONVERSATION, EMPTY_PAIR


class NewExampleMenu(QMenu):
    """`chosen(record)`; `like_requested()` for one with the system prompt and tools of the open example."""

    chosen = Signal(object)
    like_requested = Signal()

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._templates: dict[str, DatasetTemplate] = {}
        self._conversation = self.addAction(icon("message-square"), "Conversation")
        self._conversation.setShortcut(commands.action("example.new").shortcut())
        self._pair = self.addAction(icon("columns-2"), "Preference pair")
        self.like = self.addAction(icon("copy"), "Like this one (same system prompt and tools)")
        self._from = QMenu("From a template", self)
        self._from.setIcon(icon("file"))
        self.addMenu(self._from)
        self._conversation.triggered.connect(self._on_conversation_triggered)
        self._pair.triggered.connect(self._on_pair_triggered)
        self.like.triggered.connect(self.like_requested)
        self._from.aboutToShow.connect(self.fill_templates)

    @Slot()
    def fill_templates(self) -> None:
        """Read the templates when they are first looked at."""
        if self._templates:
            return
        for template in load_templates():
            self._templates[template.id] = template
            action = self._from.addAction(icon(template.icon), template.title)
            action.setData(template.id)
            action.triggered.connect(self._on_template_triggered)

    @Slot()
    def _on_conversation_triggered(self) -> None:
        self.chosen.emit(EMPTY_CONVERSATION)

    @Slot()
    def _on_pair_triggered(self) -> None:
        self.chosen.emit(EMPTY_PAIR)

    @Slot()
    def _on_template_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            try:
                self.chosen.emit(first_record(self._templates[str(action.data())]))
            except InputError as error:
                self._commands.report_error(error)


def first_record(template: DatasetTemplate) -> Record:
    """The first example of a template; raises InputError when it has none."""
    with template.file.open("rb") as file:
        _, record = decode(file.readline())
    if record is None:
        raise InputError(f"The template {template.title} is not readable.")
    return record


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
