"""Fills the inspector from the dataset, and carries out what a person asks for there."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.example import Example
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage.rows import StepRow
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conflicts import lost_note
from finetune_studio.ui.write.inspector import Inspector
from finetune_studio.ui.write.inspector_findings import other_members
from finetune_studio.ui.write.inspector_models import ModelsController
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations import fixes, options, review, splits, tags
from finetune_studio.workspace.operations.fixes import FixReport
from finetune_studio.workspace.queries.examples import history_of, tag_counts
from finetune_studio.workspace.task import UnexpectedError
from finetune_studio.workspace.workspace import Workspace

_HISTORY_AFTER = 150
"""Milliseconds of rest on an example before its history is read: nobody reads it while stepping."""
_SHOWN_AFTER = 45
"""Milliseconds until another example's details are shown: the conversation comes first."""
_AGES_EVERY = 30_000


def tag_names(workspace: Workspace) -> list[str]:
    """Every tag in use, the most frequent first, for the pool."""
    return [name for name, _ in sorted(tag_counts(workspace), key=lambda item: -item[1])]


class InspectorController(QObject):
    """`flush_requested` comes before anything that needs what was typed to be in the dataset.

    `show_requested(Diagnostic)`, `example_requested(int)`, `list_requested()` (the person is done here)
    `help_requested(str)` and `job_requested(ref)` are for the page; `note_lost(Conflict)`: a note that could
    not be written.
    """

    flush_requested = Signal()
    show_requested = Signal(object)
    example_requested = Signal(int)
    list_requested = Signal()
    help_requested = Signal(str)
    job_requested = Signal(str)
    note_lost = Signal(object)

    def __init__(
        self, workspace: Workspace, inspector: Inspector, commands: CommandRegistry, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._inspector = inspector
        self._commands = commands
        self._example: Example | None = None
        self._found: Sequence[Diagnostic] = ()
        self._next: tuple[Example, Sequence[Diagnostic]] | None = None
        self._show_timer = QTimer(self)
        self._show_timer.setSingleShot(True)
        self._show_timer.setInterval(_SHOWN_AFTER)
        self._show_timer.timeout.connect(self.settle)
        self._history_timer = QTimer(self)
        self._history_timer.setSingleShot(True)
        self._history_timer.setInterval(_HISTORY_AFTER)
        self._history_timer.timeout.connect(self._on_history_timer_timeout)
        inspector.history.earlier_requested.connect(self._on_history_earlier_requested)
        self._age_timer = QTimer(self)
        self._age_timer.setInterval(_AGES_EVERY)
        self._age_timer.timeout.connect(self._on_age_timer_timeout)
        self._age_timer.start()
        self._models = ModelsController(workspace, inspector.models, self)
        self._connect()

    def _connect(self) -> None:
        findings = self._inspector.findings
        findings.show_requested.connect(self.show_requested)
        findings.example_requested.connect(self.example_requested)
        findings.fix_requested.connect(self.fix)
        findings.fix_all_requested.connect(self._on_findings_fix_all_requested)
        findings.set_aside_requested.connect(self._on_findings_set_aside_requested)
        findings.help_requested.connect(self._on_findings_help_requested)
        findings.focus_lost.connect(self.list_requested)
        details = self._inspector.details
        details.split_chosen.connect(self._on_details_split_chosen)
        details.tags.add_requested.connect(self._on_tags_add_requested)
        details.tags.remove_requested.connect(self._on_tags_remove_requested)
        details.tags.names_wanted.connect(self._on_tags_names_wanted)
        details.tags.left.connect(self.list_requested)
        self._inspector.models.job_requested.connect(self.job_requested)
        self._inspector.note.written.connect(self._on_note_written)
        self._inspector.note.field.left.connect(self.list_requested)
        self._inspector.note.author_requested.connect(self._on_note_author_requested)

    @property
    def is_writable(self) -> bool:
        return not self._workspace.read_only

    @property
    def found(self) -> Sequence[Diagnostic]:
        """The findings that are shown."""
        self.settle()
        return self._found

    # Showing

    def show_example(self, example: Example | None, found: Sequence[Diagnostic]) -> None:
        """Show an example as it is now; another one, and its history, when the person rests on it."""
        if example is not None and self._example is not None and example.id != self._example.id:
            self._next = (example, found)
            self._show_timer.start()
            return
        self._show(example, found)

    @Slot()
    def settle(self) -> None:
        """Show at once what waits to be shown."""
        if self._next is not None:
            self._show(*self._next)

    def _show(self, example: Example | None, found: Sequence[Diagnostic]) -> None:
        self._next = None
        self._show_timer.stop()
        is_other = example is None or self._example is None or example.id != self._example.id
        self._example = example
        self._inspector.set_empty(example is None)
        self._models.show_example(example)
        if example is None:
            self._inspector.note.flush()
            return
        if is_other:
            self._inspector.history.clear()
            self._inspector.note.show_author("", None)
            self._inspector.to_top()
        self._inspector.details.show_example(example, self.is_writable)
        self._inspector.note.show_note(example.id, example.note, self.is_writable)
        self._show_findings(found)
        self._history_timer.start()

    def show_findings(self, found: Sequence[Diagnostic]) -> None:
        """New findings of the example that was shown last."""
        self.settle()
        self._show_findings(found)

    def _show_findings(self, found: Sequence[Diagnostic]) -> None:
        self._found = tuple(found)
        ranks = self._workspace.ranks(wait=False)
        shown = self._example.id if self._example is not None else None
        known = {each: ranks.rank_of(each) for each in other_members(self._found, shown)}
        numbers = {each: rank for each, rank in known.items() if rank is not None}
        counts = {rule.code: rule.count for rule in self._workspace.lint.rule_counts()} if found else {}
        self._inspector.findings.show_findings(self._found, counts, numbers, self.is_writable, shown)

    def take(self, changes: Changes) -> None:
        """Keep up with a change of the dataset."""
        if ChangeKind.HISTORY in changes.kinds and self._example is not None:
            self._history_timer.start()

    def to_top(self) -> None:
        """Bring the findings into sight."""
        self.settle()
        self._inspector.to_top()

    def flush(self) -> None:
        """Write the note that is being typed."""
        self._inspector.note.flush()

    def close(self) -> None:
        """End the timers."""
        self.flush()
        self._show_timer.stop()
        self._history_timer.stop()
        self._age_timer.stop()
        self._models.close()

    # Doing

    @Slot(object)
    def fix(self, diagnostic: Diagnostic) -> None:
        """Apply the fix of a finding that is shown: to the example it was found in, whichever is next."""
        example_id = diagnostic.location.example
        if example_id is None or not self.is_writable:
            return
        self.flush_requested.emit()
        self._workspace.perform(fixes.apply_fix, example_id, diagnostic, failed=self._on_failed, title="Fix")

    def first_fixable(self) -> Diagnostic | None:
        """The first finding that can be fixed here."""
        self.settle()
        return next((found for found in self._found if found.fix is not None and found.fix.edits), None)

    def start_tagging(self) -> None:
        """Put the caret into the field of a new tag."""
        self.settle()
        self._inspector.scroll_to(self._inspector.details)
        self._inspector.details.tags.start_adding()

    def start_note(self) -> None:
        """Put the caret into the note."""
        self.settle()
        self._inspector.scroll_to(self._inspector.note)
        self._inspector.note.field.setFocus()

    def start_set_aside(self) -> None:
        """Ask why the first finding is to be set aside."""
        self.settle()
        cards = self._inspector.findings.cards
        if cards:
            cards[0].ask_reason()

    @Slot(object)
    def _on_findings_fix_all_requested(self, diagnostic: Diagnostic) -> None:
        self.flush_requested.emit()
        self._workspace.perform(
            fixes.fix_all,
            diagnostic.code,
            done=self._on_all_fixed,
            failed=self._on_failed,
            title=f"Fixing {diagnostic.code} everywhere",
            visible=True,
        )

    def _on_all_fixed(self, report: FixReport) -> None:
        if report.n_examples:
            text = f"Fixed {counted(sum(report.fixed.values()), 'finding')}"
            self._commands.notice(f"{text} in {counted(report.n_examples, 'example')}.", "Undo", self._undo)
        else:
            self._commands.notice("There was nothing left to fix.")

    @Slot(object, object)
    def _on_findings_set_aside_requested(self, diagnostic: Diagnostic, reason: str) -> None:
        self.flush_requested.emit()
        self._workspace.perform(
            options.suppress, diagnostic, reason, done=self._on_set_aside, failed=self._on_failed
        )
        self.list_requested.emit()

    def _on_set_aside(self, _changes: Changes) -> None:
        self._commands.notice("The finding is set aside for this example.", "Undo", self._undo)

    @Slot(object)
    def _on_findings_help_requested(self, diagnostic: Diagnostic) -> None:
        self.help_requested.emit(f"rules/{diagnostic.code}")

    @Slot(object, bool)
    def _on_details_split_chosen(self, split: Split | None, pinned: bool) -> None:
        if self._example is not None:
            ids = IdSet.of([self._example.id])
            self._workspace.perform(splits.set_split, ids, split, pinned, failed=self._on_failed)

    @Slot(object)
    def _on_tags_add_requested(self, tag: str) -> None:
        if self._example is not None:
            ids = IdSet.of([self._example.id])
            self._workspace.perform(tags.add_tag, ids, tag, failed=self._on_failed)

    @Slot(object)
    def _on_tags_remove_requested(self, tag: str) -> None:
        if self._example is not None:
            ids = IdSet.of([self._example.id])
            self._workspace.perform(tags.remove_tag, ids, tag, failed=self._on_failed)

    @Slot()
    def _on_tags_names_wanted(self) -> None:
        self._workspace.ask(tag_names, done=self._inspector.details.tags.field.set_names, key="tag names")

    @Slot(int, object)
    def _on_note_written(self, example_id: int, note: str) -> None:
        if self.is_writable:

            def failed(error: StudioError) -> None:
                if isinstance(error, CancelledError | UnexpectedError):
                    self._on_failed(error)
                else:
                    self.note_lost.emit(lost_note(example_id, note, error))

            self._workspace.perform(review.set_note, example_id, note, initiator=self, failed=failed)

    @Slot()
    def _on_note_author_requested(self) -> None:
        self._commands.invoke("review.author")

    # Answers

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    @Slot()
    def _on_history_timer_timeout(self) -> None:
        if self._example is not None:
            self._history_of = self._example.id
            self._workspace.ask(
                history_of, self._example.id, done=self._on_history_read, key=f"history {id(self)}"
            )

    @Slot()
    def _on_history_earlier_requested(self) -> None:
        self._commands.invoke("example.earlier")

    def _on_history_read(self, steps: list[StepRow]) -> None:
        if self._example is not None and self._history_of == self._example.id:
            self._inspector.history.show_steps(steps)
            written = next((step for step in steps if step.code == "review.note" and not step.undone), None)
            author, at = (written.author, written.at) if written is not None else ("", None)
            self._inspector.note.show_author(author, at)

    @Slot()
    def _on_age_timer_timeout(self) -> None:
        if self._example is not None:
            self._inspector.history.show_ages()
            self._inspector.details.show_ages(self._example)
