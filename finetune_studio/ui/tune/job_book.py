"""The jobs of the page: what the journal holds, what is being sent, what is watched."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.job import FineTuneJob
from finetune_studio.providers.base import Provider
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.job_records import JobRecords
from finetune_studio.ui.tune.words import Sent
from finetune_studio.workspace.job_watch import JobUpdate
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.submission_records import Submission, SubmissionState
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_JOBS = 200
_LOOK_EVERY = 150
"""Milliseconds between two looks at the progress of what is sent."""
_Steering = Callable[["Workspace", Provider, str], object]


class JobBook(QObject):
    """`rows_changed`: jobs came; `row_changed(ref)`: one has news; `sending_changed`: sending began or ended.

    `order_failed(error)` is for what stopped before anything was written down; `ended(ref)` comes once
    when a job that was open here is over.
    """

    rows_changed = Signal()
    row_changed = Signal(str)
    sending_changed = Signal()
    order_sent = Signal(str)
    order_failed = Signal(object)
    failed = Signal(object)
    ended = Signal(str)

    def __init__(self, workspace: "Workspace", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._closed = False
        self.rows: list[Submission] = []
        self.is_read = False
        """Whether the journal was read: until then, no rows does not mean no jobs."""
        self.updates: dict[str, JobUpdate] = {}
        self.troubles: dict[str, StudioError] = {}
        """Why a job is no longer watched."""
        self._order: TaskHandle | None = None
        self._sends: dict[str, TaskHandle] = {}
        self._watched: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.records = JobRecords(workspace, self)
        self.records.failed.connect(self.failed)
        self.records.frozen_deleted.connect(self.row_changed)

    # Looking

    def row(self, ref: str) -> Submission | None:
        return next((row for row in self.rows if row.ref == ref), None)

    def profile_of(self, row: Submission) -> Profile | None:
        return self._workspace.sending.profiles.get(row.plan.profile_id)

    def sent(self, ref: str) -> Sent | None:
        """Progress of a submission that is being sent by this window; None where it is not."""
        handle = self._sends.get(ref)
        if handle is None:
            return None
        progress = handle.progress
        return Sent(progress.done, progress.total, progress.text)

    @property
    def order_progress(self) -> Sent | None:
        """Progress of an order that is not written down yet."""
        if self._order is None or self._order in self._sends.values():
            return None
        progress = self._order.progress
        return Sent(progress.done, progress.total, progress.text or "Freezing what is sent")

    @property
    def is_sending(self) -> bool:
        return self._order is not None or bool(self._sends)

    def load(self, *, reconcile: bool = False) -> None:
        """Read the journal; with `reconcile`, find out first about every job that is open."""
        workspace = self._workspace

        def look(context: TaskContext) -> list[Submission]:
            from finetune_studio.workspace.submission_kept import all_submissions
            from finetune_studio.workspace.submission_reconcile import reconcile as settle

            sending = workspace.sending
            if reconcile:
                settle(sending.journal, sending.connections.provider_of, context)
            return all_submissions(workspace, SHOWN_JOBS)

        title = "Look at the jobs" if reconcile else "Read the jobs"
        workspace.tasks.run(
            look, title=title, done=self._on_rows, failed=self._on_failed, key=f"jobs {reconcile} {id(self)}"
        )

    def look_closer(self, ref: str) -> None:
        """Read what the journal knows of one job; `row_changed` when it is there."""
        row = self.row(ref)
        if row is None or ref in self.updates:
            return
        workspace = self._workspace

        def look(_context: TaskContext) -> JobUpdate | None:
            from finetune_studio.workspace.submission_kept import last_known

            return last_known(workspace, row)

        workspace.tasks.run(look, title="Read the job", done=self._on_looked, failed=self._on_failed)

    def _on_rows(self, rows: list[Submission]) -> None:
        if self._closed:
            return
        self.rows, self.is_read = rows, True
        self.rows_changed.emit()
        for row in rows:
            if row.job is not None and row.state is SubmissionState.SUBMITTED and not row.is_record:
                self.watch(row)
        self.records.keep()

    def _on_looked(self, update: JobUpdate | None) -> None:
        if not self._closed and update is not None and update.ref not in self.updates:
            self.updates[update.ref] = update
            self.row_changed.emit(update.ref)

    # Watching

    def watch(self, row: Submission) -> None:
        """Follow an open job to its end; one that is followed already is left as it is."""
        if row.ref in self._watched:
            return
        self._watched.add(row.ref)
        self.troubles.pop(row.ref, None)
        sending = self._workspace.sending

        def connect(_context: TaskContext) -> Provider | None:
            return sending.connections.provider_of(row, start=True)

        self._workspace.tasks.run(
            connect,
            title="Watch the job",
            done=partial(self._on_connected, row),
            failed=partial(self._on_watch_failed, row.ref),
        )

    def _on_connected(self, row: Submission, provider: Provider | None) -> None:
        if self._closed:
            return
        if provider is None:
            error = StudioError(f"{row.plan.title} cannot be asked about this job now.", "Is there a key?")
            self._on_watch_failed(row.ref, error)
            return
        sending = self._workspace.sending
        sending.watches.start(
            provider,
            row.ref,
            self._on_update,
            partial(self._on_watch_failed, row.ref),
            lambda: sending.connections.provider_of(row, start=True),
        )

    def _on_update(self, update: JobUpdate) -> None:
        if self._closed:
            return
        self.updates[update.ref] = update
        self._set_job(update.ref, update.job)

    def _on_watch_failed(self, ref: str, error: StudioError) -> None:
        self._watched.discard(ref)
        if not self._closed and not isinstance(error, CancelledError):
            self.troubles[ref] = error
            self.row_changed.emit(ref)

    def _set_job(self, ref: str, job: FineTuneJob) -> None:
        for index, row in enumerate(self.rows):
            if row.ref != ref:
                continue
            was_open = row.job is None or not row.job.state.is_final
            state = SubmissionState.DONE if job.state.is_final else SubmissionState.SUBMITTED
            self.rows[index] = replace(row, job=job, state=state, error="", advice="", error_code="")
            self.row_changed.emit(ref)
            if job.state.is_final:
                self._watched.discard(ref)
                if was_open:
                    self.records.keep()
                    self.ended.emit(ref)
            return

    # Sending

    def send(self, order: Order) -> None:
        """Freeze, upload and start; `order_sent(ref)` once it is written down."""
        workspace = self._workspace

        def work(context: TaskContext) -> FineTuneJob:
            from finetune_studio.workspace.submission_dataset import send_dataset

            return send_dataset(workspace, order, context)

        self._order = workspace.tasks.run(
            work,
            title="Start fine-tuning",
            partial=self._on_written_down,
            done=self._on_order_done,
            failed=self._on_order_failed,
            visible=True,
        )
        self._timer.start()
        self.sending_changed.emit()

    def resume_sending(self, ref: str) -> None:
        """Go on with a submission that has no job yet."""
        if ref in self._sends:
            return
        workspace = self._workspace

        def work(context: TaskContext) -> FineTuneJob:
            from finetune_studio.workspace.submission_dataset import continue_submission

            return continue_submission(workspace, ref, context)

        self._sends[ref] = workspace.tasks.run(
            work,
            title="Continue the submission",
            done=partial(self._on_sent, ref),
            failed=partial(self._on_not_sent, ref),
            visible=True,
        )
        self._timer.start()
        self.sending_changed.emit()

    def stop_sending(self, ref: str = "") -> None:
        """Cancel what is being sent; without `ref` the order that is being frozen."""
        handle = self._sends.get(ref) if ref else self._order
        if handle is not None:
            handle.cancel()

    def _on_written_down(self, row: Submission) -> None:
        if self._closed or self._order is None:
            return
        self._sends[row.ref] = self._order
        if self.row(row.ref) is None:
            self.rows.insert(0, row)
        self.rows_changed.emit()
        self.order_sent.emit(row.ref)
        self.records.keep()

    def _order_ref(self) -> str:
        """The submission that the order became, or an empty text."""
        return next((ref for ref, handle in self._sends.items() if handle is self._order), "")

    def _on_order_done(self, job: FineTuneJob) -> None:
        ref = self._order_ref()
        self._order = None
        self._on_sent(ref, job)

    def _on_order_failed(self, error: StudioError) -> None:
        ref = self._order_ref()
        self._order = None
        self._on_not_sent(ref, error)

    def _on_sent(self, ref: str, job: FineTuneJob) -> None:
        self._sends.pop(ref, None)
        if self._closed:
            return
        self._set_job(ref, job)
        self._end_sending()
        row = self.row(ref)
        if row is not None and not job.state.is_final:
            self.watch(row)
        self.load()  # the ids of the files were written down on the way

    def _on_not_sent(self, ref: str, error: StudioError) -> None:
        self._sends.pop(ref, None)
        if self._closed:
            return
        self._end_sending()
        if not isinstance(error, CancelledError) and not ref:
            self.order_failed.emit(error)
        self.load()

    def _end_sending(self) -> None:
        if not self.is_sending:
            self._timer.stop()
        self.sending_changed.emit()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self.sending_changed.emit()
        for ref in self._sends:
            self.row_changed.emit(ref)

    # Steering

    def steer(self, ref: str, what: str) -> None:
        """Ask the service to "cancel", "pause" or "resume" a job."""
        from finetune_studio.workspace.submission import cancel_job, pause_job, resume_job

        call = {"cancel": cancel_job, "pause": pause_job, "resume": resume_job}[what]
        row = self.row(ref)
        if row is None:
            return
        sending = self._workspace.sending

        def work(_context: TaskContext) -> FineTuneJob:
            return call(sending.journal, self._provider(row), ref)

        self._workspace.tasks.run(
            work,
            title=f"{what.capitalize()} the job",
            done=partial(self._on_steered, ref),
            failed=self._on_failed,
        )

    def delete_sent_files(self, ref: str) -> None:
        """Delete the uploaded files of a submission at its service."""
        row = self.row(ref)
        if row is None:
            return

        def work(_context: TaskContext) -> tuple[str, ...]:
            from finetune_studio.workspace.submission_deletion import delete_sent_files

            return delete_sent_files(self._workspace.sending.journal, self._provider(row), ref)

        self._workspace.tasks.run(
            work,
            title="Delete the uploaded files",
            done=partial(self._on_files_deleted, ref),
            failed=self._on_failed,
        )

    def _provider(self, row: Submission) -> Provider:
        """For tasks; raises what says why the service cannot be asked."""
        connections = self._workspace.sending.connections
        profile = connections.profile(row.plan.profile_id)
        return connections.provider(profile, "" if profile.is_local else row.plan.base_url)

    files_deleted = Signal(str)

    def _on_files_deleted(self, ref: str, _gone: tuple[str, ...]) -> None:
        if not self._closed:
            self.files_deleted.emit(ref)
            self.load()

    def _on_steered(self, ref: str, job: FineTuneJob) -> None:
        if self._closed:
            return
        self._set_job(ref, job)
        row = self.row(ref)
        if row is not None and not job.state.is_final:
            self.watch(row)

    def _on_failed(self, error: StudioError) -> None:
        if not self._closed and not isinstance(error, CancelledError):
            self.failed.emit(error)

    def close(self) -> None:
        """Watch and send no more; jobs go on at their services."""
        self._closed = True
        self.records.close()
        self._timer.stop()
        for handle in (*self._sends.values(), *([self._order] if self._order is not None else [])):
            handle.cancel()
        for ref in self._watched:
            self._workspace.sending.watches.stop(ref)
