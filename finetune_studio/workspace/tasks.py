"""Work in the background: one store thread (the only writer), a small pool, answers in the face's thread."""

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.workspace.task import (
    Progress,
    TaskContext,
    TaskHandle,
    TaskState,
    UnexpectedError,
    silent_context,
)
from finetune_studio.workspace.task_job import Job, Work
from finetune_studio.workspace.timer import Timer

__all__ = [
    "ImmediateRunner",
    "Progress",
    "TaskContext",
    "TaskHandle",
    "TaskRunner",
    "TaskState",
    "ThreadTaskRunner",
    "UnexpectedError",
    "silent_context",
]

T = TypeVar("T")
Deliver = Callable[[Callable[[], None]], None]

POOL_THREADS = 16
"""At most; one is started when work comes and none is idle."""

_outlived: list[object] = []
"""Runners that were closed while their threads were at work, with that work and who hears of it: such a
thread, whenever it ends, is the last to hold none of it."""


def _raise(error: BaseException) -> None:
    raise error


class TaskRunner(Protocol):
    """Runs work and delivers its answer in the face's thread.

    `tasks_changed` is called there when a task starts, reports or ends. `on_error` gets an expected
    error that the starter did not handle, `on_bug` every other exception; both raise by default.
    """

    tasks_changed: Callable[[], None] | None
    spares_process: bool
    """Whether computing goes to helper processes whatever its size, as a window wants: what holds the
    interpreter's lock for long (loading a vocabulary: a second) would stop it."""
    on_error: Callable[[StudioError], None]
    on_bug: Callable[[BaseException], None]

    def run(
        self,
        work: Work,
        *,
        title: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[StudioError], None] | None = None,
        partial: Callable[[Any], None] | None = None,
        uses_store: bool = False,
        visible: bool = False,
        key: str = "",
    ) -> TaskHandle:
        """Start `work(context)`.

        `done(result)`, `failed(error)` (CancelledError when cancelled) and `partial(value)` are called
        in the face's thread. A newer task with the same `key` cancels an older one, whose answers
        are dropped. `uses_store` work runs one at a time, in order.
        """
        ...

    def tasks(self) -> list[TaskHandle]:
        """Tasks that wait or run, oldest first."""
        ...

    def post(self, call: Callable[[], None]) -> None:
        """Call something in the face's thread, in order with the answers of tasks."""
        ...

    def call_in_store(self, call: Callable[[], T]) -> T:
        """Call something in the store's thread, after what is queued there, and wait for what it returns."""
        ...

    def later(
        self, seconds: float, call: Callable[[], None], key: str, *, housekeeping: bool = False
    ) -> None:
        """Call (briefly, in any thread) in so many seconds; a newer one with the same key replaces it.

        Housekeeping is what nobody misses when the program ends before it is due.
        """
        ...

    def drain(self, timeout: float | None = None) -> bool:
        """Wait (seconds) for all store work queued so far; whether it ended in time."""
        ...

    def close(self, timeout: float | None = None) -> bool:
        """Cancel the pool's work, finish the store's, end the threads; whether all of it ended in time."""
        ...


class _RunnerBase:
    """What both runners share: the list of tasks, generations by key, and settling."""

    _waits = True

    def __init__(self) -> None:
        self.tasks_changed: Callable[[], None] | None = None
        self.spares_process = False
        self.on_error: Callable[[StudioError], None] = _raise
        self.on_bug: Callable[[BaseException], None] = _raise
        self._lock = threading.Lock()
        self._active: dict[int, TaskHandle] = {}

    def post(self, call: Callable[[], None]) -> None:
        raise AssertionError("a runner says where its answers go")

    def tasks(self) -> list[TaskHandle]:
        """Tasks that wait or run, oldest first."""
        with self._lock:
            return list(self._active.values())

    def _enter(self, handle: TaskHandle) -> None:
        with self._lock:
            for other in self._active.values():
                if handle.key and other.key == handle.key:
                    other.superseded = True
                    other.cancel()
            self._active[handle.id] = handle
        self.post(self._tell)

    def _tell(self) -> None:
        if self.tasks_changed is not None:
            self.tasks_changed()

    def _execute(self, job: Job) -> None:
        self._work(job)
        self.post(lambda: self._settle(job))

    def _work(self, job: Job) -> None:
        """Do the work and leave what came of it in the handle; who hears of it is not touched here."""
        handle = job.handle
        context = TaskContext(
            handle,
            lambda: self.post(self._tell),
            lambda value: self._publish(job, value),
            waits=self._waits,
        )
        try:
            context.check()
            handle._begin()
            result = job.work(context)
        except CancelledError as error:
            handle._end(TaskState.CANCELLED, error=error)
        except BaseException as error:
            handle._end(TaskState.FAILED, error=error)
        else:
            handle._end(TaskState.DONE, result)
        with self._lock:
            self._active.pop(handle.id, None)

    def _publish(self, job: Job, value: Any) -> None:
        def tell() -> None:
            if job.partial is not None and not job.handle.superseded:
                job.partial(value)

        if job.partial is not None:
            self.post(tell)

    def _settle(self, job: Job) -> None:
        try:
            if not job.handle.superseded:
                self._answer(job)
        finally:
            job.let_go()
            self._tell()

    def _answer(self, job: Job) -> None:
        handle, error = job.handle, job.handle.error
        if handle.state is TaskState.DONE:
            if job.done is not None:
                job.done(handle.result)
        elif isinstance(error, CancelledError):
            if job.failed is not None:
                job.failed(error)
        elif isinstance(error, StudioError):
            (job.failed or self.on_error)(error)
        elif error is not None:
            try:
                if job.failed is not None:
                    job.failed(UnexpectedError(handle.title, error))
            finally:
                self.on_bug(error)


class ImmediateRunner(_RunnerBase):
    """Runs everything at once, in the caller's thread: unit tests and the command line."""

    _waits = False

    def run(
        self,
        work: Work,
        *,
        title: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[StudioError], None] | None = None,
        partial: Callable[[Any], None] | None = None,
        uses_store: bool = False,
        visible: bool = False,
        key: str = "",
    ) -> TaskHandle:
        """As TaskRunner.run, finished on return; an error nobody handles is raised here."""
        handle = TaskHandle(title, visible=visible, key=key)
        self._enter(handle)
        self._execute(Job(handle, work, done, failed, partial))
        return handle

    def post(self, call: Callable[[], None]) -> None:
        """Calls at once."""
        call()

    def call_in_store(self, call: Callable[[], T]) -> T:
        """Calls at once."""
        return call()

    def later(
        self, seconds: float, call: Callable[[], None], key: str, *, housekeeping: bool = False
    ) -> None:
        """Calls at once, as nothing waits here; housekeeping is left out."""
        if not housekeeping:
            call()

    def drain(self, timeout: float | None = None) -> bool:
        """Nothing is ever queued."""
        return True

    def close(self, timeout: float | None = None) -> bool:
        """Nothing to end."""
        return True


class ThreadTaskRunner(_RunnerBase):
    """One store thread and a small pool; `deliver(call)` posts a call to the face's thread."""

    def __init__(self, deliver: Deliver, pool_threads: int = POOL_THREADS) -> None:
        super().__init__()
        self._deliver = deliver
        self._store: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._pool: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._timer = Timer()
        self._closed = False
        self._post_lock = threading.RLock()
        self._is_silent = False
        self._unsettled: set[Job] = set()
        self._max_pool = pool_threads
        self._pool_lock = threading.Lock()
        self._n_unfinished = 0
        """Pool jobs that wait or run."""
        self._pool_threads: list[threading.Thread] = []
        self._store_thread = self._start("store", self._store)

    @staticmethod
    def _start(name: str, jobs: "queue.SimpleQueue[Callable[[], None] | None]") -> threading.Thread:
        def loop() -> None:
            while (job := jobs.get()) is not None:
                job()
                job = None  # what it holds is not kept until the next one comes

        thread = threading.Thread(target=loop, name=name, daemon=True)
        thread.start()
        return thread

    def _put_in_pool(self, job: Callable[[], None]) -> None:
        def counted() -> None:
            try:
                job()
            finally:
                with self._pool_lock:
                    self._n_unfinished -= 1

        with self._pool_lock:
            self._n_unfinished += 1
            if len(self._pool_threads) < min(self._n_unfinished, self._max_pool):
                name = f"pool {len(self._pool_threads) + 1}"
                self._pool_threads.append(self._start(name, self._pool))
        self._pool.put(counted)

    def run(
        self,
        work: Work,
        *,
        title: str,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[StudioError], None] | None = None,
        partial: Callable[[Any], None] | None = None,
        uses_store: bool = False,
        visible: bool = False,
        key: str = "",
    ) -> TaskHandle:
        """As TaskRunner.run; returns at once. Raises StudioError after close()."""
        if self._closed:
            raise StudioError("The app is closing.", "Nothing new is started any more.")
        handle = TaskHandle(title, visible=visible, key=key)
        self._enter(handle)
        put = self._store.put if uses_store else self._put_in_pool
        job = Job(handle, work, done, failed, partial)
        self._unsettled.add(job)
        put(lambda: self._execute(job))
        return handle

    def _settle(self, job: Job) -> None:
        self._unsettled.discard(job)
        super()._settle(job)

    def post(self, call: Callable[[], None]) -> None:
        """Posts to the face's thread, which may have gone once this is closed: nothing is posted then."""
        with self._post_lock:
            if not self._is_silent:
                self._deliver(call)

    def call_in_store(self, call: Callable[[], T]) -> T:
        """Calls in the store thread and waits; directly when already there."""
        if threading.current_thread() is self._store_thread:
            return call()
        answers: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

        def job() -> None:
            try:
                answers.put((call(), None))
            except BaseException as error:
                answers.put((None, error))

        self._store.put(job)
        value, error = answers.get()
        if error is not None:
            raise error
        return value  # type: ignore[return-value]

    def later(
        self, seconds: float, call: Callable[[], None], key: str, *, housekeeping: bool = False
    ) -> None:
        """Calls in the timer's thread."""
        self._timer.call_later(seconds, call, key)

    def drain(self, timeout: float | None = None) -> bool:
        """Wait (seconds) for all store work queued so far."""
        if threading.current_thread() is self._store_thread or not self._store_thread.is_alive():
            return True
        passed = threading.Event()
        self._store.put(passed.set)
        return passed.wait(timeout)

    def close(self, timeout: float | None = None) -> bool:
        """Cancel the pool's work, finish the store's, end the threads."""
        self._closed = True
        self._timer.close()
        ended = self.drain(timeout)
        for handle in self.tasks():
            handle.cancel()
        self._store.put(None)
        for _thread in self._pool_threads:
            self._pool.put(None)
        self._store_thread.join(timeout)
        for thread in self._pool_threads:
            thread.join(0.5)
        with self._post_lock:
            self._is_silent = True
        if any(thread.is_alive() for thread in (self._store_thread, *self._pool_threads)):
            _outlived.append((self, tuple(self._unsettled)))
        return ended
