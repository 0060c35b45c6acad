"""Shows work that takes over half a second in the status bar, with its cancel."""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.ui.shell.status_bar import StatusBar

if TYPE_CHECKING:
    from finetune_studio.ui.task_runner import QtTaskRunner
    from finetune_studio.workspace.task import TaskHandle

SHOW_AFTER = 0.5
"""Seconds of work before it is shown (PRODUCT.md)."""

_MANY = 1_000_000
"""From here on (bytes, mostly) a share says more than two long numbers."""


class TaskDisplay(QObject):
    """Watches the runner; several visible tasks show the oldest and a count."""

    def __init__(self, tasks: "QtTaskRunner", bar: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._bar = bar
        self._shown: TaskHandle | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(SHOW_AFTER * 1000) + 20)
        self._timer.timeout.connect(self._update)
        tasks.tasks_changed.connect(self._update)
        bar.cancel_requested.connect(self._on_cancel_requested)

    @Slot()
    def _update(self) -> None:
        visible = [task for task in self._tasks.runner.tasks() if task.visible and not task.is_finished]
        old = [task for task in visible if _is_old(task)]
        if not old:
            self._shown = None
            self._bar.show_task("", 0, None, 0)
            if visible:
                self._timer.start()
            return
        self._shown = old[0]
        progress = self._shown.progress
        text = progress.text or self._shown.title
        if progress.total:
            text = f"{text} {_share(progress.done, progress.total)}"
        self._bar.show_task(text, progress.done, progress.total, len(old) - 1)

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._shown is not None:
            self._shown.cancel()


def _share(done: int, total: int) -> str:
    return f"{done:,} / {total:,}" if total <= _MANY else f"{min(100, done * 100 // total)} %"


def _is_old(task: "TaskHandle") -> bool:
    return task.started_at is not None and time.monotonic() - task.started_at >= SHOW_AFTER
