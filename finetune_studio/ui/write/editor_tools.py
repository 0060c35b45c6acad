"""What helps to write in the middle column, put together for the page: pasting."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.example_pane import ExamplePane
from finetune_studio.ui.write.paste_commands import PasteCommands
from finetune_studio.workspace.workspace import Workspace


class EditorTools(QObject):
    """`flush_requested` before a change; `record_made(record)` asks for a new example."""

    flush_requested = Signal()
    record_made = Signal(object)

    def __init__(
        self, workspace: Workspace, commands: CommandRegistry, pane: ExamplePane, page: QWidget
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self.pasting = PasteCommands(workspace, commands, pane.conversation, page)
        self.pasting.flush_requested.connect(self.flush_requested)
        self.pasting.record_made.connect(self.record_made)

    def close(self) -> None:
        """Forget the commands; the page goes."""
        for owner in (self.pasting,):
            self._commands.unregister(owner)
