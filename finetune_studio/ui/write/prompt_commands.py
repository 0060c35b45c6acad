"""Commands on the system prompt of the dataset, and on examples that follow it or do not."""

from array import array
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.bulk import rewrite_many
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.prompt_cards import ADOPT, FOLLOW
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.queries.prompts import dataset_prompt, usual_system_prompt

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class PromptCommands(QObject):
    """`flush_requested` before each change."""

    flush_requested = Signal()

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        examples: ExampleCommands,
        view: ConversationView,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._examples = examples
        self._view = view
        self._page = parent
        view.prompt_requested.connect(self._on_view_prompt_requested)
        commands.register("example.dataset_prompt", self._on_dataset_prompt)
        commands.register("example.follow_prompt", self._on_follow)

    @Slot(str)
    def _on_view_prompt_requested(self, wish: str) -> None:
        if wish == FOLLOW:
            example_id = self._view.example_id
            if example_id is not None:
                self._follow(array("q", [example_id]), quiet=True)
        else:
            first = next(iter(self._view.messages()), None)
            self.change(first.text if wish == ADOPT and first is not None else "")

    def _on_dataset_prompt(self) -> None:
        has_one = bool(dataset_prompt(self._workspace))
        self.change("" if has_one else usual_system_prompt(self._workspace))

    def change(self, proposed: str = "") -> None:
        """Ask for the prompt of the dataset, beginning with a text that is proposed."""
        from finetune_studio.ui.write.dataset_prompt_dialog import DatasetPromptDialog

        self.flush_requested.emit()
        dialog = DatasetPromptDialog(self._workspace, proposed, self._page.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._workspace.perform(
                prompts.set_dataset_prompt,
                dialog.text,
                following=dialog.following,
                without=dialog.without,
                other=dialog.other,
                title="Changing the system prompt",
                done=self._on_changed,
                failed=self._on_failed,
            )
        dialog.deleteLater()

    def _on_changed(self, report: RewriteReport) -> None:
        text = "The system prompt of the dataset is changed"
        also = f", and with it {counted(report.n_examples, 'example')}" if report.n_examples else ""
        self._commands.notice(f"{text}{also}.", "Undo", self._undo)

    def _on_follow(self) -> None:
        ids = self._examples.chosen_ids()
        if not dataset_prompt(self._workspace):
            raise StudioError(
                "This dataset has no system prompt of its own.",
                "Set it with System prompt of the dataset in the Example menu.",
            )
        if ids:
            self._follow(ids, quiet=False)

    def _follow(self, ids: "array[int]", quiet: bool) -> None:
        self.flush_requested.emit()
        self._workspace.perform(
            rewrite_many,
            prompts.follow_dataset_prompt,
            ids,
            (),
            title="Changing the examples",
            visible=len(ids) > 2_000,
            done=None if quiet else self._on_followed,
            failed=self._on_failed,
        )

    def _on_followed(self, report: RewriteReport) -> None:
        if report.n_examples:
            number = counted(report.n_examples, "example")
            self._commands.notice(f"{number} changed to follow the dataset prompt.", "Undo", self._undo)
        else:
            self._commands.notice("What is chosen follows the dataset prompt already.")

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)
