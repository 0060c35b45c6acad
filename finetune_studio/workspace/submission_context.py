"""What a submission needs of whoever runs it: progress, cancelling, and pauses that can be left."""

import threading
from collections.abc import Callable
from typing import Protocol

from finetune_studio.domain.errors import CancelledError


class WorkContext(Protocol):
    """`workspace.task.TaskContext` is one."""

    @property
    def is_cancelled(self) -> bool: ...

    def check(self) -> None:
        """Raises CancelledError once cancelled."""

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Report; raises CancelledError once cancelled."""

    def pause(self, seconds: float) -> None:
        """Wait; raises CancelledError once cancelled."""


class EventContext:
    """A context outside a task runner: for the command line, for watching threads and tests.

    `waits` False makes pauses return at once; `cancel` may be called from a signal handler.
    """

    def __init__(
        self, report: Callable[[int, int | None, str], None] | None = None, *, waits: bool = True
    ) -> None:
        self._report = report
        self._waits = waits
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        self.check()
        if self._report is not None:
            self._report(done, total, text)

    def pause(self, seconds: float) -> None:
        if self._waits:
            self._cancelled.wait(seconds)
        self.check()
