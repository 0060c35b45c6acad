"""What helps to write in the middle column, put together for the page."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.find_commands import FindCommands
from finetune_studio.ui.write.json_commands import JsonCommands
from finetune_studio.ui.write.look_commands import LookCommands
from finetune_studio.ui.write.pair_commands import PairCommands
from finetune_studio.ui.write.paste_commands import PasteCommands
from finetune_studio.ui.write.spelling_commands import SpellingCommands
from finetune_studio.workspace.workspace import Workspace


class EditorTools(QObject):
    """`flush_requested` before a change; `record_made(record)` asks for a new example,
    `list_requested` for the focus to go back to the list."""

    flush_requested = Signal()
    list_requested = Signal()
    record_made = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        pane: ExamplePane,
        conversation: ConversationController,
        examples: ExampleCommands,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self.pasting = PasteCommands(workspace, commands, pane.conversation, page)
        self.pasting.flush_requested.connect(self.flush_requested)
        self.pasting.record_made.connect(self.record_made)

        self.json = JsonCommands(workspace, commands, pane, conversation, page)
        self.json.leave_requested.connect(self.list_requested)
        self.pairs = PairCommands(workspace, commands, pane.conversation, examples, page)
        self.pairs.flush_requested.connect(self.flush_requested)
        self.finding = FindCommands(workspace, commands, pane, conversation, self.json, page)
        self.looks = LookCommands(workspace, commands, pane.conversation, page)
        self.looks.zoom_changed.connect(self.json.set_zoom)
        self.json.set_zoom(pane.conversation.look.zoom)
        self.spelling = SpellingCommands(workspace, commands, pane.conversation, page)

    def flush(self) -> None:
        """Commit what is being written."""
        self.json.flush()

    def close(self) -> None:
        """Forget the commands; the page goes."""
        self.spelling.stop()
        self.finding.stop()
        for owner in (self.pasting, self.json, self.pairs, self.finding, self.looks, self.spelling):
            self._commands.unregister(owner)
