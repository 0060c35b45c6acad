"""A dataset that another window works on: says so, and what can be done about it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.domain.errors import StudioError
from finetune_studio.storage.lock import lock_path
from finetune_studio.ui.shell.datasets import Datasets
from finetune_studio.ui.shell.errors import ErrorDisplay

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LOOK_EVERY = 2_000
"""Milliseconds between two looks at the file."""
_OPENED = (
    "{name} is open for reading only, because another window works on it. You can look, search and export."
)
_CHANGED = "The other window has changed {name} since you opened it."
_FREE = "The other window has closed {name}. You can open it for writing now."


class ReadingOnly(QObject):
    """Looks now and then whether the other window changed the dataset, or closed it; tells each once."""

    def __init__(self, datasets: Datasets, display: ErrorDisplay, parent: QObject) -> None:
        super().__init__(parent)
        self._datasets = datasets
        self._display = display
        self._workspace: Workspace | None = None
        self._revision: int | None = None
        self._has_told_change = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        """Watch a dataset that is open for reading only; of another one nothing is said."""
        self._timer.stop()
        self._workspace = workspace if workspace is not None and workspace.read_only else None
        self._has_told_change = False
        if self._workspace is not None and self._is_locked():
            self._revision = None
            self._read()
            self._tell(_OPENED, "Open for writing", self.open_for_writing)
            self._timer.start()

    def open_for_writing(self) -> None:
        """Try it; the lock says no while the other window has the dataset."""
        self._datasets.reopen(read_only=False)

    def look_again(self) -> None:
        """Open it for reading once more, as it is now."""
        self._datasets.reopen(read_only=True)

    @Slot()
    def look(self) -> None:
        """Compare with how it was."""
        if self._workspace is None or self._workspace.is_closed:
            self._timer.stop()
        elif not self._is_locked():
            self._timer.stop()
            self._tell(_FREE, "Open for writing", self.open_for_writing)
        elif not self._has_told_change:
            self._read()

    def _is_locked(self) -> bool:
        return self._workspace is not None and lock_path(self._workspace.path).exists()

    def _read(self) -> None:
        assert self._workspace is not None
        self._workspace.ask(_revision, done=self._on_read, failed=self._on_failed, title="Look at the file")

    def _on_read(self, revision: int) -> None:
        if self._workspace is None or self._workspace.is_closed:
            return
        if self._revision is None:
            self._revision = revision
        elif revision != self._revision and not self._has_told_change:
            self._has_told_change = True
            self._tell(_CHANGED, "Look again", self.look_again)

    def _on_failed(self, _error: StudioError) -> None:
        """The next look may find it."""

    def _tell(self, text: str, action: str, deed: object) -> None:
        assert self._workspace is not None
        words = text.format(name=self._workspace.path.name)
        self._display.show_notice(words, "info", action, deed)  # type: ignore[arg-type]


def _revision(workspace: "Workspace") -> int:
    return workspace.database.revision
