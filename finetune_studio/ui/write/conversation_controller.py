"""Connects the conversation view to the dataset: commits, follows changes, checks while a person types."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Location
from finetune_studio.domain.edits import Edit
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.example import Example
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.ui.write.conflicts import Conflict, conflict_of, homeless
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.example_facts import ExampleFacts, check_example
from finetune_studio.workspace.operations import calls, messages
from finetune_studio.workspace.operations.typed_text import TypedText, WrittenText, write_typed_text
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.queries.prompts import dataset_prompt
from finetune_studio.workspace.task import UnexpectedError

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

COMMIT_AFTER = 400
"""Milliseconds of quiet after which what was typed goes to the dataset."""
COMMIT_AT_LATEST = 900
CHECK_AFTER = 150
"""Milliseconds of quiet after which the example is checked again."""
SHOWN_AFTER = 60
"""Milliseconds until an example that was opened is counted and checked: stepping on costs nothing."""
_LARGE = 100_000
"""Bytes from which an example that changed is read in the pool, and checked less eagerly."""


class ConversationController(QObject):
    """`example_changed(Example | None)` after each reload, `facts_changed(ExampleFacts)` after each check.

    `place_requested(Location)` when a place in the shown example is to be seen.
    `failed(StudioError)` is for the person; the view then shows the dataset's state again.
    `conflict_found(Conflict)` when what was typed met another change, or could not be written.
    """

    example_changed = Signal(object)
    facts_changed = Signal(object)
    failed = Signal(object)
    place_requested = Signal(object)
    conflict_found = Signal(object)

    def __init__(self, workspace: "Workspace", view: ConversationView, parent: QObject | None = None) -> None:
        super().__init__(parent or view)
        self._workspace = workspace
        self._view = view
        self._example: Example | None = None
        self._in_flight = 0
        self._must_reload = False
        self._generation = 0
        self._closed = False
        self._facts: ExampleFacts | None = None
        self._commit_timer = self._timer(COMMIT_AFTER, self.flush)
        self._latest_timer = self._timer(COMMIT_AT_LATEST, self.flush)
        self._check_timer = self._timer(CHECK_AFTER, self._on_check_timer_timeout)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._signals.changed.connect(self._on_signals_changed)
        view.set_writable(not workspace.read_only)
        self._connect(view)

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _connect(self, view: ConversationView) -> None:
        view.text_edited.connect(self._on_view_text_edited)
        view.commit_due.connect(self.flush)
        view.role_change_requested.connect(self._on_view_role_change_requested)
        view.weight_change_requested.connect(self._on_view_weight_change_requested)
        view.message_add_requested.connect(self._on_view_message_add_requested)
        view.delete_requested.connect(self._on_view_delete_requested)
        view.move_requested.connect(self._on_view_move_requested)
        view.duplicate_requested.connect(self._on_view_duplicate_requested)
        view.split_requested.connect(self._on_view_split_requested)
        view.merge_requested.connect(self._on_view_merge_requested)
        view.edits_requested.connect(self._on_view_edits_requested)
        view.call_add_requested.connect(self._on_view_call_add_requested)
        view.call_remove_requested.connect(self._on_view_call_remove_requested)
        view.answered_requested.connect(self._on_view_answered_requested)
        view.undo_requested.connect(self._on_view_undo_requested)
        view.redo_requested.connect(self._on_view_redo_requested)

    # What is shown

    @property
    def example(self) -> Example | None:
        """The example as it was last read; what is on its way to the dataset is not in it yet."""
        return self._example

    @property
    def facts(self) -> ExampleFacts | None:
        return self._facts

    def show_example(self, example_id: int | None, location: Location | None = None) -> None:
        """Show an example from its top, or at a place in it, after keeping what was typed before."""
        self.flush()
        self._check_timer.stop()
        self._generation += 1
        self._facts = None
        self._example = self._read(example_id)
        if self._example is None:
            self._view.set_example(None)
        else:
            self._view.set_dataset_prompt(dataset_prompt(self._workspace))
            found = tuple(self._workspace.lint.findings_of(self._example.id))
            self._view.set_example(self._example, None, found)
            if location is not None:
                self._reveal(location)
            self._check_timer.start(SHOWN_AFTER)
        self.example_changed.emit(self._example)
        if location is not None:
            self.place_requested.emit(location)

    def reveal(self, location: Location) -> None:
        """Go to the place of a finding in the shown example."""
        self._reveal(location)
        self.place_requested.emit(location)

    def _reveal(self, location: Location) -> None:
        if location.message_index is not None:
            self._view.reveal(
                location.message_index, location.start, location.end, location.field or "/content"
            )

    def flush(self) -> None:
        """Send what was typed to the dataset now."""
        self._commit_timer.stop()
        self._latest_timer.stop()
        if self._example is None:
            return
        for typed in self._view.take_drafts():
            self._write(self._example, typed)

    def close(self) -> None:
        """Commit, and hear no more."""
        if not self._closed:
            self.flush()
            self._closed = True
            self._check_timer.stop()
            self._signals.stop()

    def _read(self, example_id: int | None) -> Example | None:
        if example_id is None:
            return None
        try:
            return get_example(self._workspace, example_id)
        except StudioError:
            return None

    def _reload(self) -> None:
        """Look at the dataset again: something else changed the example, or a change of ours failed."""
        if self._example is None:
            return
        self._must_reload = False
        self._generation += 1
        if len(self._example.body) > _LARGE:
            self._workspace.ask(
                get_example,
                self._example.id,
                done=self._on_reloaded,
                failed=self._on_reload_failed,
                key=f"conversation reload {id(self)}",
            )
        else:
            self._show_again(self._read(self._example.id))

    def _on_reloaded(self, example: Example) -> None:
        """What was read in the pool; when changes of ours are on their way, the last of them reads again."""
        if not isValid(self) or self._closed or self._example is None or self._example.id != example.id:
            return
        if self._in_flight:
            self._must_reload = True
        else:
            self._show_again(example)

    def _on_reload_failed(self, error: StudioError) -> None:
        """The example is gone, or a newer reading took this one's place."""
        if isValid(self) and not isinstance(error, CancelledError | UnexpectedError):
            self._show_again(None)

    def _show_again(self, example: Example | None) -> None:
        if self._view.has_drafts() and not self._closed:
            self._must_reload = True
            self.flush()
            return
        self._example = example
        if self._example is None:
            self._view.set_example(None)
        else:
            self._view.update_example(self._example)
            self._check_soon()
        self.example_changed.emit(self._example)

    # Changing

    def _perform(self, operation: Callable[..., Any], *args: Any) -> None:
        if self._example is None or self._closed:
            return
        self._in_flight += 1
        self._generation += 1
        self._workspace.perform(
            operation,
            self._example.id,
            *args,
            initiator=self,
            done=self._on_change_done,
            failed=self._on_change_failed,
        )

    def _write(self, example: Example, typed: TypedText) -> None:
        """What was typed; it is told where it met another change, and kept where it has no place."""
        if self._closed:
            return

        def done(written: WrittenText) -> None:
            if written.theirs is not None:
                self._must_reload = True
                self._tell_conflict(conflict_of(example, typed, written))
            self._landed()

        def failed(error: StudioError) -> None:
            self._must_reload = True
            if not isinstance(error, UnexpectedError):
                self._tell_conflict(homeless(example, typed, error))
            self._landed()

        self._in_flight += 1
        self._generation += 1
        self._workspace.perform(write_typed_text, example.id, typed, initiator=self, done=done, failed=failed)

    def _tell_conflict(self, conflict: Conflict) -> None:
        if isValid(self):
            self.conflict_found.emit(conflict)

    def _on_change_done(self, _changes: object) -> None:
        self._must_reload = True
        self._landed()

    def _on_change_failed(self, error: StudioError) -> None:
        self._must_reload = True
        if isValid(self) and not isinstance(error, CancelledError | UnexpectedError):
            self.failed.emit(error)
        self._landed()

    def _landed(self) -> None:
        self._in_flight -= 1
        if self._in_flight or self._closed or not isValid(self):
            return
        if self._must_reload:
            self._reload()
        else:
            self._check_soon()

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        if self._closed or self._example is None or changes.initiator is self:
            return
        if ChangeKind.OPTIONS in changes.kinds:
            self._view.set_dataset_prompt(dataset_prompt(self._workspace))
        if self._example.id not in changes.example_ids:
            return
        if changes.kinds & {ChangeKind.BODIES, ChangeKind.MEMBERSHIP}:
            self._must_reload = True
            self.flush()
            if not self._in_flight:
                self._reload()
        elif ChangeKind.FINDINGS in changes.kinds and not self._in_flight:
            self._check_soon()

    @Slot(int, str, object)
    def _on_view_text_edited(self, index: int, field: str, text: str) -> None:
        self._generation += 1
        self._commit_timer.start()
        if not self._latest_timer.isActive():
            self._latest_timer.start()
        self._check_soon()

    @Slot(int, str)
    def _on_view_role_change_requested(self, index: int, role: str) -> None:
        self._perform(messages.set_message_role, index, role)

    @Slot(int, int)
    def _on_view_weight_change_requested(self, index: int, weight: int) -> None:
        self._perform(messages.set_weight, index, weight)

    @Slot(int, str)
    def _on_view_message_add_requested(self, index: int, role: str) -> None:
        self._perform(messages.add_message, index, role)

    @Slot(int)
    def _on_view_delete_requested(self, index: int) -> None:
        self._perform(messages.delete_message, index)

    @Slot(int, int)
    def _on_view_move_requested(self, index: int, to_index: int) -> None:
        self._perform(messages.move_message, index, to_index)

    @Slot(int)
    def _on_view_duplicate_requested(self, index: int) -> None:
        self._perform(messages.duplicate_message, index)

    @Slot(int, int)
    def _on_view_split_requested(self, index: int, at: int) -> None:
        self._perform(messages.split_message, index, at)

    @Slot(int)
    def _on_view_merge_requested(self, index: int) -> None:
        self._perform(messages.merge_with_next, index)

    @Slot(object)
    def _on_view_edits_requested(self, edits: Sequence[Edit]) -> None:
        self._perform(messages.apply_edits_to_example, edits, "message.add")

    @Slot(int, str, str)
    def _on_view_call_add_requested(self, index: int, name: str, arguments: str) -> None:
        self._perform(calls.add_call, index, name, arguments)

    @Slot(int, int)
    def _on_view_call_remove_requested(self, index: int, number: int) -> None:
        self._perform(calls.remove_call, index, number)

    @Slot(int, str)
    def _on_view_answered_requested(self, index: int, call_id: str) -> None:
        self._perform(calls.set_answered_call, index, call_id)

    @Slot()
    def _on_view_undo_requested(self) -> None:
        self.flush()
        self._workspace.undo()

    @Slot()
    def _on_view_redo_requested(self) -> None:
        self.flush()
        self._workspace.redo()

    # Checking

    def _check_soon(self) -> None:
        """After a moment of quiet, the longer the larger the example is."""
        size = len(self._example.body) if self._example is not None else 0
        self._check_timer.start(CHECK_AFTER + size // 800)

    @Slot()
    def _on_check_timer_timeout(self) -> None:
        if self._example is None or self._closed or self._in_flight or self._workspace.is_closed:
            return
        generation = self._generation

        def answer(facts: ExampleFacts) -> None:
            if isValid(self) and generation == self._generation and not self._closed:
                self._view.show_facts(facts.by_message, facts.findings)
                self._tell(facts)

        self._workspace.ask(
            check_example,
            self._example.id,
            self._view.drafts(),
            done=answer,
            failed=self._on_check_failed,
            title="Check this example",
            key=f"conversation {id(self)}",
        )

    def _on_check_failed(self, error: StudioError) -> None:
        """Nothing to tell: the example is gone, or a newer check took this one's place."""

    def _tell(self, facts: ExampleFacts) -> None:
        self._facts = facts
        self.facts_changed.emit(facts)
