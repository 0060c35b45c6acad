"""What can be done with a job beside steering it: look at what was sent, compare, train further, tidy up."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from finetune_studio.targets.target import Target
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.tune.adopt_dialog import AdoptDialog
from finetune_studio.ui.tune.changes_dialog import ChangesDialog
from finetune_studio.ui.tune.compare_dialog import CompareDialog
from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.jobs_side import JobsSide
from finetune_studio.ui.tune.sent_dialog import SentDialog
from finetune_studio.ui.tune.tune_form import TuneForm
from finetune_studio.ui.tune.words import badge_of, count_text, name_of, size_text
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.workspace.sent_examples import is_of, query_for
from finetune_studio.workspace.sent_file import SentFiles, files_sent, files_to_send
from finetune_studio.workspace.submission_frozen import FrozenHere, frozen_here, is_over
from finetune_studio.workspace.submission_records import Submission
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_OF_JOB = (
    "tune.sent",
    "tune.examples",
    "tune.changes",
    "tune.compare",
    "tune.further",
    "tune.delete_files",
    "tune.delete_frozen",
)
_SHOWN_JOBS = 8
_FROZEN = (
    "They are the exact bytes that were sent. The record stays: settings, outcome, their hashes, and which "
    "example stood on which line. What was sent can no longer be read line by line."
)


class JobCommands(QObject):
    """`filter_requested(query)`, `open_example_requested((id, None))`; `further_requested(row, model)`.

    `adopted(ref)`: a job that was started elsewhere has a row now.
    """

    filter_requested = Signal(str)
    open_example_requested = Signal(object)
    further_requested = Signal(object, str)
    adopted = Signal(str)

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        book: JobBook,
        jobs: JobsSide,
        form: TuneForm,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._book = book
        self._jobs = jobs
        self._form = form
        self._parent = parent
        for name, handler in (
            ("tune.sent", self.show_sent),
            ("tune.examples", self._on_examples),
            ("tune.changes", self.show_changes),
            ("tune.compare", self.compare),
            ("tune.further", self._on_further),
            ("tune.delete_files", self.ask_delete_files),
            ("tune.delete_frozen", self.ask_delete_frozen),
        ):
            commands.register(name, handler)
            jobs.menu.addAction(commands.action(name))
        commands.register("tune.adopt", self._on_adopt)
        commands.bind_button(jobs.adopt, "tune.adopt")
        jobs.adopt.setText("Adopt jobs…")
        jobs.delete_files_requested.connect(self.ask_delete_files)
        jobs.look_sent_requested.connect(self.show_sent)
        jobs.further_requested.connect(self._on_checkpoint_further)
        jobs.state_changed.connect(self.refresh)
        book.records.frozen_deleted.connect(self._on_frozen_deleted)
        self.refresh()

    @property
    def _row(self) -> Submission | None:
        return self._jobs.row

    @Slot()
    def refresh(self) -> None:
        """What makes sense for the shown job."""
        row = self._row
        own = row is not None and is_of(self._workspace, row)
        is_frozen = row is not None and bool(self._frozen(row).paths)
        can = {
            "tune.sent": is_frozen,
            "tune.examples": own,
            "tune.changes": own,
            "tune.compare": row is not None and len(self._book.rows) > 1,
            "tune.further": row is not None and self.can_go_further(row),
            "tune.delete_files": row is not None and bool(row.training_file_id) and self._is_at_rest(row),
            "tune.delete_frozen": row is not None and is_frozen and is_over(row),
        }
        for name in _OF_JOB:
            self._commands.set_enabled(name, can[name])

    def _frozen(self, row: Submission) -> FrozenHere:
        return FrozenHere() if row.is_record else frozen_here(self._workspace.sending.journal, row)

    def can_go_further(self, row: Submission) -> bool:
        """Whether a job may begin with the model of this one."""
        profile = self._book.profile_of(row)
        has_model = row.job is not None and bool(row.job.fine_tuned_model)
        return has_model and profile is not None and (profile.job.from_tuned or profile.open_models)

    def _is_at_rest(self, row: Submission) -> bool:
        profile = self._book.profile_of(row)
        is_over = row.job is None or row.job.state.is_final
        return is_over and not row.is_record and profile is not None and self._book.sent(row.ref) is None

    # Looking

    @Slot()
    def show_sent(self) -> None:
        """The frozen files of the shown job."""
        row = self._row
        if row is not None:
            title = f"What was sent for {name_of(row)}"
            self._show_files(SentDialog(self._workspace, title, partial(_sent, row.ref), self._parent))

    def show_to_send(self, target: Target, with_validation: bool) -> None:
        """What a job would send now."""
        read = partial(_to_send, target, with_validation)
        self._show_files(SentDialog(self._workspace, "What would be sent", read, self._parent))

    def _show_files(self, dialog: SentDialog) -> None:
        dialog.example_requested.connect(self._on_example_requested)
        _run(dialog)

    @Slot()
    def show_changes(self) -> None:
        row = self._row
        if row is not None:
            dialog = ChangesDialog(self._workspace, row, self._parent)
            dialog.example_requested.connect(self._on_example_requested)
            _run(dialog)

    @Slot()
    def compare(self) -> None:
        row = self._row
        others = [other for other in self._book.rows if row is not None and other.ref != row.ref]
        if row is not None and others:
            _run(CompareDialog(self._workspace, row, others, self._parent))

    @Slot()
    def _on_examples(self) -> None:
        row = self._row
        if row is not None:
            self.filter_requested.emit(query_for(row))

    @Slot(object)
    def _on_example_requested(self, example_id: int) -> None:
        self.open_example_requested.emit((example_id, None))

    # Doing

    @Slot()
    def _on_adopt(self) -> None:
        where = self._form.where
        problem = where.address_problem()
        if problem:
            self._form.show_problem(problem)
            return
        dialog = AdoptDialog(self._workspace, where.profile, where.base_url, self._parent)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._book.load()
            self.adopted.emit(dialog.adopted[0])
            self._commands.notice(f"{count_text(len(dialog.adopted), 'job')} adopted")
        dialog.deleteLater()

    @Slot()
    def _on_further(self) -> None:
        row = self._row
        if row is not None and row.job is not None and row.job.fine_tuned_model:
            self.further_requested.emit(row, row.job.fine_tuned_model)

    @Slot(object)
    def _on_checkpoint_further(self, model: str) -> None:
        row = self._row
        if row is not None:
            self.further_requested.emit(row, model)

    @Slot()
    def ask_delete_files(self) -> None:
        """Say which jobs were made of the files, then delete them at the service."""
        row = self._row
        if row is None:
            return
        box = QuestionBox(self._parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Delete the uploaded files")
        box.setText(f"Delete the files that were uploaded to {row.plan.title}? Its models stay.")
        box.setInformativeText(_used_by(row, self._book.rows))
        yes = box.addButton("Delete them", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Keep them", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is yes:
            self._book.delete_sent_files(row.ref)

    @Slot()
    def ask_delete_frozen(self) -> None:
        """Say how much it is and what stays, then delete the frozen files on this computer."""
        row = self._row
        if row is None:
            return
        here = self._frozen(row)
        box = QuestionBox(self._parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Delete the frozen files")
        files = count_text(len(here.paths), "frozen file")
        box.setText(f"Delete {files} of {name_of(row)}, {size_text(here.size)}, on this computer?")
        box.setInformativeText(_FROZEN)
        yes = box.addButton("Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Keep", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is yes:
            self._book.records.delete_frozen(row.ref)

    @Slot(str, object)
    def _on_frozen_deleted(self, _ref: str, gone: FrozenHere) -> None:
        if gone.paths:
            files = count_text(len(gone.paths), "frozen file")
            self._commands.notice(f"{files} deleted, {size_text(gone.size)} freed")
        else:
            self._commands.notice("Kept: another job still needs the same bytes")
        self.refresh()


def _used_by(row: Submission, rows: list[Submission]) -> str:
    ids = {row.training_file_id, row.validation_file_id} - {""}
    same = [
        other
        for other in rows
        if other.plan.base_url == row.plan.base_url
        and ids & {other.training_file_id, other.validation_file_id}
    ]
    lines = [f"{name_of(other)}: {badge_of(other, None, None)[0]}" for other in same[:_SHOWN_JOBS]]
    if len(same) > _SHOWN_JOBS:
        lines.append(f"and {len(same) - _SHOWN_JOBS:,} more")
    running = any(other.job is not None and not other.job.state.is_final for other in same)
    text = "Jobs that were made of them:\n" + "\n".join(lines)
    return text + ("\nOne that still runs may fail without them." if running else "")


def _sent(ref: str, workspace: "Workspace", context: TaskContext) -> SentFiles:
    return files_sent(workspace, ref, context)


def _to_send(
    target: Target, with_validation: bool, workspace: "Workspace", context: TaskContext
) -> SentFiles:
    return files_to_send(workspace, target, with_validation, context)


def _run(dialog: QDialog) -> None:
    dialog.exec()
    dialog.deleteLater()
