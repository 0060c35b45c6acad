"""What a thread of the pool holds of a task, and lets go of in time."""

from collections.abc import Callable
from typing import Any

from finetune_studio.domain.errors import StudioError
from finetune_studio.workspace.task import TaskContext, TaskHandle

Work = Callable[[TaskContext], Any]


class Job:
    """Work and who hears of it.

    All of it is let go in the face's thread: what the callbacks belong to may live nowhere else. A widget
    whose last reference a thread of the pool drops is destroyed there, while the window's thread uses Qt.
    """

    __slots__ = ("done", "failed", "handle", "partial", "work")

    def __init__(
        self,
        handle: TaskHandle,
        work: Work,
        done: Callable[[Any], None] | None,
        failed: Callable[[StudioError], None] | None,
        partial: Callable[[Any], None] | None,
    ) -> None:
        self.handle = handle
        self.work = work
        self.done = done
        self.failed = failed
        self.partial = partial

    def let_go(self) -> None:
        """Hold nothing any more; whichever thread has the job last then drops an empty one."""
        self.handle, self.work = _NO_HANDLE, _no_work
        self.done = self.failed = self.partial = None


_NO_HANDLE = TaskHandle("")


def _no_work(_context: TaskContext) -> None:
    raise AssertionError("the job has ended")
