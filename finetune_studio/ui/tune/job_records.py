"""What stays of the jobs on this computer: the dataset's own record of them, and their frozen files."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.storage.submission_copies import SubmissionCopy
    from finetune_studio.workspace.submission_frozen import FrozenHere
    from finetune_studio.workspace.workspace import Workspace


class JobRecords(QObject):
    """`frozen_deleted(ref, FrozenHere)` once frozen files were deleted, or were needed by another job."""

    frozen_deleted = Signal(str, object)
    failed = Signal(object)

    def __init__(self, workspace: "Workspace", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._closed = False

    def keep(self) -> None:
        """Write into the dataset what the journal knows of its jobs and the dataset does not yet."""
        if self._closed or self._workspace.is_closed or self._workspace.read_only:
            return
        from finetune_studio.workspace.submission_kept import stale_copies

        self._workspace.ask(
            stale_copies, done=self._on_stale, failed=self._on_failed, key=f"records {id(self)}"
        )

    def _on_stale(self, copies: "list[SubmissionCopy]") -> None:
        if copies and not self._workspace.is_closed:
            from finetune_studio.workspace.submission_kept import keep_copies

            self._workspace.perform(keep_copies, copies, title="Keep the record of the job")

    def delete_frozen(self, ref: str) -> None:
        """Delete the frozen files of a submission that is over on this computer."""
        journal = self._workspace.sending.journal

        def work(_context: TaskContext) -> "FrozenHere":
            from finetune_studio.workspace.submission_frozen import delete_frozen

            return delete_frozen(journal, ref)

        self._workspace.tasks.run(
            work,
            title="Delete the frozen files",
            done=partial(self._on_frozen_deleted, ref),
            failed=self._on_failed,
        )

    def _on_frozen_deleted(self, ref: str, gone: "FrozenHere") -> None:
        if not self._closed:
            self.frozen_deleted.emit(ref, gone)

    def _on_failed(self, error: StudioError) -> None:
        if not self._closed and not isinstance(error, CancelledError):
            self.failed.emit(error)

    def close(self) -> None:
        self._closed = True
