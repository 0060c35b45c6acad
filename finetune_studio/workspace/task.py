"""One piece of background work: its state, its progress, and what it sees of the runner."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from finetune_studio.domain.errors import CancelledError, StudioError

PROGRESS_INTERVAL = 0.1
"""Seconds between two progress reports that reach the face."""

_numbers = itertools.count(1)


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UnexpectedError(StudioError):
    """A bug stopped the task; `cause` is the exception, which also goes to the crash report."""

    def __init__(self, title: str, cause: BaseException) -> None:
        super().__init__(f"“{title}” stopped because of an unexpected error.", "Nothing saved was lost.")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Progress:
    """`total` is None while it is not known."""

    done: int = 0
    total: int | None = None
    text: str = ""

    @property
    def fraction(self) -> float | None:
        """0 to 1, or None while the total is not known."""
        return None if not self.total else min(1.0, self.done / self.total)


class TaskHandle:
    """What the starter of a task keeps: watch it, cancel it, wait for it."""

    def __init__(self, title: str, *, visible: bool = False, key: str = "") -> None:
        self.id = next(_numbers)
        self.title = title
        self.visible = visible
        self.key = key
        self.state = TaskState.WAITING
        self.progress = Progress()
        self.result: Any = None
        self.error: BaseException | None = None
        self.superseded = False
        self.started_at: float | None = None
        """time.monotonic() when the work began."""
        self._cancelled = threading.Event()
        self._finished = threading.Event()
        self._interrupt: Callable[[], None] | None = None
        self._interrupt_lock = threading.Lock()

    def cancel(self) -> None:
        """Ask the work to stop; it does at its next progress report, or where it can be interrupted."""
        self._cancelled.set()
        with self._interrupt_lock:
            if self._interrupt is not None:
                self._interrupt()

    def _set_interrupt(self, interrupt: Callable[[], None] | None) -> None:
        with self._interrupt_lock:
            self._interrupt = interrupt

    @property
    def is_cancelled(self) -> bool:
        """Whether cancelling was asked for."""
        return self._cancelled.is_set()

    @property
    def is_finished(self) -> bool:
        """Whether the work has ended, one way or another; its callbacks may still be on their way."""
        return self._finished.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait (seconds) for the work itself to end; never call it where callbacks are delivered to."""
        return self._finished.wait(timeout)

    def wait_for_cancel(self, timeout: float) -> bool:
        """Wait (seconds) until cancelled; whether it was."""
        return self._cancelled.wait(timeout)

    def _begin(self) -> None:
        self.state = TaskState.RUNNING
        self.started_at = time.monotonic()

    def _end(self, state: TaskState, result: Any = None, error: BaseException | None = None) -> None:
        self.result, self.error, self.state = result, error, state
        self._finished.set()


def unwanted_task(title: str) -> TaskHandle:
    """A task that was cancelled before it began."""
    handle = TaskHandle(title)
    handle.cancel()
    handle._end(TaskState.CANCELLED)
    return handle


class TaskContext:
    """What the work gets: the place to report progress, and the point where cancelling takes hold."""

    def __init__(
        self,
        handle: TaskHandle,
        report: Callable[[], None],
        publish: Callable[[Any], None],
        *,
        waits: bool = True,
    ) -> None:
        self._handle = handle
        self._report = report
        self._publish = publish
        self._waits = waits
        self._reported_at = 0.0

    @property
    def is_cancelled(self) -> bool:
        return self._handle.is_cancelled

    def cancel(self) -> None:
        """As TaskHandle.cancel, for whoever has to end the work."""
        self._handle.cancel()

    @contextmanager
    def interrupted_by(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Have cancelling call this (from any thread) while the block runs, and at no other time."""
        self._handle._set_interrupt(interrupt)
        try:
            yield
        finally:
            self._handle._set_interrupt(None)

    def check(self) -> None:
        """Raises CancelledError once the task is cancelled."""
        if self._handle.is_cancelled:
            raise CancelledError

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Report progress, at most ten times a second; raises CancelledError once cancelled."""
        self.check()
        self._handle.progress = Progress(done, total, text)
        now = time.monotonic()
        if now - self._reported_at >= PROGRESS_INTERVAL or (total is not None and done >= total):
            self._reported_at = now
            self._report()

    def publish(self, value: Any) -> None:
        """Hand a partial answer to the starter's `partial` callback."""
        self.check()
        self._publish(value)

    def pause(self, seconds: float) -> None:
        """Wait (synchronous runs do not); raises CancelledError once cancelled."""
        if self._waits:
            self._handle.wait_for_cancel(seconds)
        self.check()


def silent_context(title: str = "") -> TaskContext:
    """A context that reports to nobody, for calls outside a runner (command line, tests)."""
    return TaskContext(TaskHandle(title), lambda: None, lambda _value: None, waits=False)
