"""Page Fine-tune: the form on the left, the jobs on the right."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import CancelledError, GateError, MissingKeyError, StudioError
from finetune_studio.domain.job import FineTuneJob
from finetune_studio.domain.split import Split
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.tune.closing import may_close
from finetune_studio.ui.tune.export_files_dialog import ExportFilesDialog
from finetune_studio.ui.tune.gate_dialog import GateDialog
from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.job_commands import JobCommands
from finetune_studio.ui.tune.jobs_side import JobsSide
from finetune_studio.ui.tune.service_desk import ServiceDesk
from finetune_studio.ui.tune.target_sync import TargetSync
from finetune_studio.ui.tune.tune_form import TuneForm
from finetune_studio.ui.tune.words import count_text, model_of, name_of, outcome_of, tuned_models
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.workspace.operations.splits import assign_splits
from finetune_studio.workspace.submission_order import Order, StoppedByGateError
from finetune_studio.workspace.submission_preview import Preview, preview_submission
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_COUNTED = frozenset(
    {ChangeKind.FINDINGS, ChangeKind.MEMBERSHIP, ChangeKind.STATUS, ChangeKind.SPLIT, ChangeKind.OPTIONS}
)
_VALIDATION = {Split.TRAIN: 0.9, Split.VALIDATION: 0.1}


class TunePage(QWidget):
    """`ask_model_requested(job or model name)`; `findings_requested("error")` opens them on page Check."""

    open_example_requested = Signal(object)
    ask_model_requested = Signal(object)
    findings_requested = Signal(str)
    filter_requested = Signal(str)
    notify_requested = Signal(str, str)

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        theme: ThemeManager,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._preview: Preview | None = None
        self._is_loaded = False
        self._is_closed = False
        self._ended_job: FineTuneJob | None = None
        self._wanted_job = ""
        self.book = JobBook(workspace, self)
        self.form = TuneForm(workspace.sending.profiles, workspace.name, self)
        self.form.setFixedWidth(420)
        self.jobs = JobsSide(workspace, self.book, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.form)
        row.addWidget(self.jobs, 1)
        self._sync = TargetSync(workspace, self.form, self)
        self.desk = ServiceDesk(workspace, commands, self.form, self.book, self)
        self.desk.profiles_changed.connect(self._sync.apply)
        self.about_job = JobCommands(workspace, commands, self.book, self.jobs, self.form, self)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._connect()
        self._register()
        self.book.load(reconcile=False)
        self.book.load(reconcile=True)
        self.desk.look_for_key()
        if workspace.sending.profiles_problem:
            self.form.show_problem(workspace.sending.profiles_problem)

    def _connect(self) -> None:
        self._signals.changed.connect(self._on_workspace_changed)
        form, book, jobs = self.form, self.book, self.jobs
        form.changed.connect(self._on_form_changed)
        form.validation.split_requested.connect(self._on_split_requested)
        form.findings_requested.connect(self._on_findings_requested)
        book.rows_changed.connect(self._on_rows_changed)
        book.order_failed.connect(self._on_order_failed)
        book.order_sent.connect(self._on_order_sent)
        book.sending_changed.connect(self._show_start)
        book.failed.connect(self._on_book_failed)
        book.ended.connect(self._on_job_ended)
        book.files_deleted.connect(self._on_files_deleted)
        self.about_job.filter_requested.connect(self.filter_requested)
        self.about_job.open_example_requested.connect(self.open_example_requested)
        self.about_job.adopted.connect(self.choose_job)
        self.about_job.further_requested.connect(self._on_further_requested)
        form.card.look_requested.connect(self._on_preview_sent)
        jobs.open_example_requested.connect(self.open_example_requested)
        jobs.ask_model_requested.connect(self.ask_model_requested)
        jobs.key_requested.connect(self.desk.enter_key_of)
        jobs.state_changed.connect(self._show_commands)

    def _register(self) -> None:
        self._commands.register("tune.start", self._on_start)
        self._commands.register("tune.export", self._on_export)
        self._commands.register("tune.preview", self._on_preview_sent)
        self._commands.register("tune.cancel", self._on_cancel)
        self._commands.register("tune.refresh", self._on_refresh)
        self._commands.bind_button(self.form.start, "tune.start")
        self._commands.bind_button(self.form.export, "tune.export")
        self._show_start()
        self._show_commands()

    # What the main window calls

    def on_shown(self) -> None:
        """The checks judge for the target of the form from now on."""
        self._sync.apply()
        self._look_at_preview()
        self.desk.ask_models()
        if self._is_loaded:
            self.book.load()

    @Slot(str)
    def choose_job(self, ref: str) -> None:
        """Show a job; one that is not read yet is shown once it is."""
        self._wanted_job = ref
        if self.book.row(ref) is not None:
            self._wanted_job = ""
            self.jobs.choose(ref)

    def confirm_close(self) -> bool:
        """Ask while something is being sent, or trained on this computer."""
        return may_close(self.book, self)

    def close_page(self) -> None:
        """End the timers and the watching; jobs go on at their services."""
        self._is_closed = True
        self._sync.close()
        self._signals.stop()
        self.book.close()

    # The form

    @Slot(object)
    def _on_workspace_changed(self, changes: Changes) -> None:
        self._sync.take(changes)
        if changes.kinds & _COUNTED:
            self._look_at_preview()

    @Slot()
    def _on_form_changed(self) -> None:
        self._look_at_preview()

    def _look_at_preview(self) -> None:
        target = self.form.target
        if target is None or self._is_closed or not self.isVisible():
            return
        self._workspace.ask(
            preview_submission,
            target,
            self.form.hyperparameters.values(),
            done=self._on_preview,
            failed=self._on_preview_failed,
            title="Forecast",
            key=f"tune forecast {id(self)}",
        )

    def _on_preview(self, preview: Preview) -> None:
        if self._is_closed:
            return
        self._preview = preview
        self.form.show_preview(preview)
        self.form.card.gate.show_preview(preview, self._workspace.lint.summary)

    def _on_preview_failed(self, error: StudioError) -> None:
        if not isinstance(error, CancelledError):
            self._commands.report_error(error)

    @Slot()
    def _on_findings_requested(self) -> None:
        preview = self._preview
        severity = "error" if preview is not None and preview.n_errors else "warning"
        self.findings_requested.emit(severity)

    @Slot()
    def _on_split_requested(self) -> None:
        self._workspace.perform(assign_splits, _VALIDATION, initiator=self, done=self._on_split_done)

    def _on_split_done(self, _changes: Changes) -> None:
        self._workspace.ask(_kept_for_validation, done=self._on_split_counted)
        self._look_at_preview()

    def _on_split_counted(self, kept: int) -> None:
        if kept:
            text = f"{count_text(kept, 'example')} kept for validation"
            self._commands.notice(text, "Undo", self._on_split_undo)
        else:
            self._commands.notice("Too few examples: none fell to validation", "Undo", self._on_split_undo)

    def _on_split_undo(self) -> None:
        self._commands.invoke("edit.undo")

    # Going

    @Slot()
    def _on_start(self) -> None:
        if self.book.is_sending:
            return
        self.form.show_problem("")
        try:
            order = self.form.order()
        except StudioError as error:
            self.form.show_problem(f"{error.text} {error.advice}".strip())
            return
        preview = self._preview
        if preview is not None and preview.n_errors:
            shown = [(found.code, found.message) for found in preview.errors]
            self._ask_at_gate(order, preview.n_errors, shown)
            return
        self.book.send(order)

    def _ask_at_gate(self, order: Order, errors: int, findings: list[tuple[str, str]]) -> None:
        dialog = GateDialog(order.target.profile.title, errors, findings, self)
        dialog.findings_requested.connect(self._on_findings_requested)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.book.send(replace(order, override_reason=dialog.reason))
        dialog.deleteLater()

    @Slot(str)
    def _on_order_sent(self, ref: str) -> None:
        self.jobs.choose(ref)

    @Slot(object)
    def _on_order_failed(self, error: StudioError) -> None:
        self.form.show_problem(f"{error.text} {error.advice}".strip())
        if isinstance(error, MissingKeyError):
            self.form.show_problem(f"{error.text} Enter it above.")
            self.form.where.key.button.setFocus()
        elif isinstance(error, StoppedByGateError):
            self._look_at_preview()
            shown = [(finding.code, finding.message) for finding in error.findings]
            self.form.show_problem("")
            self._ask_at_gate(self.form.order(), len(shown), shown)
        elif not isinstance(error, GateError) and getattr(error, "status", None) == 401:
            self.desk.look_for_key()

    @Slot()
    def _show_start(self) -> None:
        sent = self.book.order_progress
        busy = "Preparing…" if sent is not None else "Sending…"
        self.form.start.setText(busy if self.book.is_sending else "Start fine-tuning")
        self._commands.set_enabled("tune.start", not self.book.is_sending)
        self.jobs.show_preparing(sent)

    @Slot()
    def _show_commands(self) -> None:
        self._commands.set_enabled("tune.cancel", self.jobs.can_cancel)

    @Slot()
    def _on_export(self) -> None:
        target = self.form.target
        if target is None:
            self.form.show_problem("Choose the base model first.")
            return
        kept = self._preview is None or self._preview.validation.examples > 0
        uses = kept and self.form.validation.use.isChecked()
        form = self.form
        seed = form.seed.value() if form.seed.value() >= 0 else None
        hyperparameters, suffix = form.hyperparameters.values(), form.suffix.text().strip()
        order = Order(target, "", hyperparameters, suffix, seed, with_validation=uses)
        dialog = ExportFilesDialog(self._workspace, order, self)
        dialog.exec()
        dialog.deleteLater()

    @Slot()
    def _on_preview_sent(self) -> None:
        target = self.form.target
        if target is None:
            self.form.show_problem("Choose the base model first.")
        else:
            self.about_job.show_to_send(target, self.form.validation.use.isChecked())

    @Slot(object, str)
    def _on_further_requested(self, row: Submission, model: str) -> None:
        address = "" if row.plan.base_url == "local" else row.plan.base_url
        self.form.where.choose(row.plan.profile_id, model, row.plan.method, address)
        self.form.start.setFocus()
        self._commands.notice("The form begins with this model now")

    @Slot()
    def _on_cancel(self) -> None:
        self.jobs.cancel()

    @Slot()
    def _on_refresh(self) -> None:
        self.book.load(reconcile=True)
        self.desk.look_for_key()

    # Jobs

    @Slot()
    def _on_rows_changed(self) -> None:
        self.form.where.set_tuned(tuned_models(self.book.rows))
        if self._wanted_job:
            self.choose_job(self._wanted_job)
        if self._is_loaded:
            return
        self._is_loaded = True
        uid = self._workspace.uid
        last = next((row.plan for row in self.book.rows if row.plan.dataset_uid == uid), None)
        if last is not None and not self.form.is_touched and not self._sync.has_kept:
            self.form.show_plan(last)
            self._sync.use_as_default()

    @Slot(object)
    def _on_book_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)

    @Slot(str)
    def _on_job_ended(self, ref: str) -> None:
        row = self.book.row(ref)
        if row is None or row.job is None:
            return
        self.form.where.set_tuned(tuned_models(self.book.rows))
        self._ended_job = row.job
        profile = self.book.profile_of(row)
        text = outcome_of(row, None)
        if row.job.fine_tuned_model:
            title = f"{name_of(row)} succeeded"
        else:
            title = f"{name_of(row)}: {row.job.status.replace('_', ' ')}"
            text = row.job.error_message or text
        self.notify_requested.emit(title, ". ".join(part for part in (model_of(row, profile), text) if part))
        if row.job.fine_tuned_model:
            self._commands.notice(title, "Try it", self._on_try_ended)
        else:
            self._commands.notice(title)

    def _on_try_ended(self) -> None:
        self.ask_model_requested.emit(self._ended_job)

    @Slot(str)
    def _on_files_deleted(self, _ref: str) -> None:
        self._commands.notice("The uploaded file was deleted at the service")


def _kept_for_validation(workspace: "Workspace") -> int:
    return workspace.examples().count_by_split().get(Split.VALIDATION, 0)
