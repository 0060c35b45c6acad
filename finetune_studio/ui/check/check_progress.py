"""Follows a check of the whole dataset while it runs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

EVERY = 150
"""Milliseconds."""
CHECK_TASK = "Check"
"""What the lint session calls a check of everything."""


class CheckProgress(QObject):
    """`moved(done, total)` while a check runs, `ended` once after it."""

    moved = Signal(int, int)
    ended = Signal()

    def __init__(self, workspace: "Workspace", parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._on_time)

    def follow(self) -> None:
        """Watch the check that runs, if one does."""
        if self._workspace.lint.is_running:
            self._timer.start()
            self._tell()
        else:
            self._timer.stop()

    def stop(self) -> None:
        self._timer.stop()

    def _tell(self) -> None:
        for task in self._workspace.tasks.tasks():
            if task.title == CHECK_TASK:
                self.moved.emit(task.progress.done, task.progress.total or 0)

    @Slot()
    def _on_time(self) -> None:
        if self._workspace.lint.is_running:
            self._tell()
        else:
            self._timer.stop()
            self.ended.emit()
