"""Commands on preference pairs: made of conversations, kept as conversations, swapped."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.bulk import BulkRewrites
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.pair_differences import PairDifferences
from finetune_studio.workspace.operations import preferences
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.workspace import Workspace


class PairCommands(QObject):
    """On the chosen examples, or the open one; `flush_requested` before each."""

    flush_requested = Signal()

    def __init__(
        self,
        workspace: Workspace,
        commands: CommandRegistry,
        view: ConversationView,
        examples: ExampleCommands,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._examples = examples
        self._bulk = BulkRewrites(workspace, commands)
        self._differences = PairDifferences(view)
        view.command_requested.connect(self._on_view_command_requested)
        for command_id, handler in (
            ("pair.make", self._on_make),
            ("pair.make_copy", self._on_make_copy),
            ("pair.swap", self._on_swap),
            ("pair.keep_preferred", self._on_keep_preferred),
            ("pair.keep_other", self._on_keep_other),
        ):
            commands.register(command_id, handler)

    def _on_make(self) -> None:
        self._do(preferences.make_pairs, "{} made a pair.")

    def _on_make_copy(self) -> None:
        self._do(preferences.make_pairs, "{} made a pair.", True)

    def _on_swap(self) -> None:
        self._do(preferences.swap_answers, "Answers swapped in {}.")

    def _on_keep_preferred(self) -> None:
        self._do(preferences.keep_answer, "{} made a conversation.", True)

    def _on_keep_other(self) -> None:
        self._do(preferences.keep_answer, "{} made a conversation.", False)

    def _do(self, operation: Callable[..., RewriteReport], told: str, *arguments: Any) -> None:
        ids = self._examples.chosen_ids()
        if ids:
            self.flush_requested.emit()
            self._bulk.rewrite(operation, ids, *arguments, told=told)

    @Slot(str)
    def _on_view_command_requested(self, command_id: str) -> None:
        self._commands.invoke(command_id)
