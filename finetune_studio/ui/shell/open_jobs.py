"""After a restart: jobs that were open are followed again, though nobody looks at page Fine-tune."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.shell.page_stack import PageStack

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_AFTER = 3_000
"""Milliseconds after a dataset was opened: opening it comes first."""


class OpenJobs(QObject):
    """Makes page Fine-tune behind the one in front where the journal knows a job that has not ended."""

    def __init__(self, pages: PageStack, parent: QObject, after: int = _AFTER) -> None:
        super().__init__(parent)
        self._pages = pages
        self._workspace: Workspace | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(after)
        self._timer.timeout.connect(self._on_timer_timeout)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        """Look once, a little after a dataset is open."""
        self._workspace = workspace
        self._timer.stop()
        if workspace is not None:
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        workspace = self._workspace
        if workspace is None or self._pages.page("tune") is not None:
            return
        workspace.ask(
            _has_open_jobs, done=self._on_looked, failed=self._on_failed, title="Look for open jobs"
        )

    def _on_looked(self, found: bool) -> None:
        if found and self._workspace is not None and not self._workspace.is_closed:
            self._pages.prepare("tune")

    def _on_failed(self, _error: StudioError) -> None:
        """Page Fine-tune tells what is wrong with the journal when it is opened."""


def _has_open_jobs(workspace: "Workspace") -> bool:
    return bool(workspace.sending.journal.unsettled())
