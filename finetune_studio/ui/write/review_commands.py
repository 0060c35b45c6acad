"""The review keys: step, decide, and go on at once; the deciding itself is queued."""

from PySide6.QtCore import QObject, Signal

from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.example_commands import ExampleCommands
from finetune_studio.ui.write.example_list import ExampleListView
from finetune_studio.ui.write.list_controller import ListController


class ReviewCommands(QObject):
    """`edit_requested`, `tag_requested`, `note_requested`: the caret is to go there."""

    edit_requested = Signal()
    tag_requested = Signal()
    note_requested = Signal()

    def __init__(
        self,
        commands: CommandRegistry,
        view: ExampleListView,
        controller: ListController,
        example_commands: ExampleCommands,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._view = view
        self._list = controller
        self._examples = example_commands
        for command_id, handler in (
            ("review.next", self._on_next),
            ("review.previous", self._on_previous),
            ("review.approve", self._on_approve),
            ("review.reject", self._on_reject),
            ("review.draft", self._on_draft),
            ("review.to_review", self._on_to_review),
            ("review.edit", self._on_edit),
            ("review.tag", self._on_tag),
            ("review.note", self._on_note),
        ):
            commands.register(command_id, handler)

    def decide(self, status: ReviewState) -> None:
        """Mark what is chosen; one example makes way for the next that matches the filter."""
        is_one = self._view.selected_count() <= 1
        self._examples.set_status(status)
        if is_one and not self._list.step(1):
            self._commands.notice("That was the last example of the list.")

    def _on_next(self) -> None:
        self._list.step(1)

    def _on_previous(self) -> None:
        self._list.step(-1)

    def _on_approve(self) -> None:
        self.decide(ReviewState.APPROVED)

    def _on_reject(self) -> None:
        self.decide(ReviewState.REJECTED)

    def _on_draft(self) -> None:
        self.decide(ReviewState.DRAFT)

    def _on_to_review(self) -> None:
        self.decide(ReviewState.TO_REVIEW)

    def _on_edit(self) -> None:
        self.edit_requested.emit()

    def _on_tag(self) -> None:
        if self._view.selected_count() > 1:
            self._examples.ask_tag()
        else:
            self.tag_requested.emit()

    def _on_note(self) -> None:
        self.note_requested.emit()
