"""Worker processes of the checks: started when first needed, kept, ended with their parent."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from operator import itemgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.worker_start import CAN_FORK, is_one_thread, not_interrupted, start_workers

if TYPE_CHECKING:
    from finetune_studio.lint.jobs import Job

SMALL_FILE = 2 << 20
"""Bytes below which starting workers does not pay."""
_POLL = 0.1
"""Seconds between two looks at whether to go on."""
_POLITE = 0.5
"""Seconds that a worker has for ending by itself."""


@dataclass
class _Worker:
    """`process` is its own, or the one that it is a fork of and ends with."""

    process: BaseProcess
    connection: "Connection[Any, Any]"
    config: LintConfig | None = None
    waiting: "dict[int, Job]" = field(default_factory=dict)
    """What it was asked and has not answered, by ticket."""


class WorkerPool:
    """Not for several threads at once; LintEngine holds a lock. Importing it loads no numpy."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._workers: list[_Worker] = []
        self._ticket = 0

    def launch(self, config: LintConfig) -> None:
        """Start what is missing, to be used with such a configuration; returns long before it is ready."""
        self._workers = [w for w in self._workers if w.process.is_alive()]
        missing = self._count - len(self._workers)
        if missing and CAN_FORK:
            self._launch(missing, config)
        else:
            for _ in range(missing):
                self._launch(1, config)

    def _launch(self, count: int, config: LintConfig) -> None:
        """Start a process that makes so many workers: a fork where that is safe, as it is there at once."""
        is_fork = CAN_FORK and is_one_thread()
        context: Any = get_context("fork" if is_fork else "spawn")
        pipes = [context.Pipe() for _ in range(count)]
        ends = [theirs for _, theirs in pipes]
        held = [ours for ours, _ in pipes] if is_fork else []
        process = context.Process(target=start_workers, args=(ends, held, config), daemon=True, name="checks")
        with not_interrupted():
            process.start()
        for ours, theirs in pipes:
            theirs.close()
            self._workers.append(_Worker(process, ours))

    def start(self, config: LintConfig) -> None:
        """Start what is missing, and have the vocabulary loaded there."""
        self.launch(config)
        for worker in self._workers:
            if worker.config != config:
                self._send(worker, config)
                worker.config = config

    def run(self, jobs: "Iterable[Job]", config: LintConfig, tick: Callable[[int], None]) -> list[Any]:
        """The answers to all jobs, in order; a job is let go when it is answered, as it may hold much.

        `tick(examples done)` is called at least ten times a second and may raise to cancel; what the
        workers still do then is dropped later.
        """
        self.start(config)
        first = self._ticket + 1
        source = iter(jobs)
        asked: dict[int, Job] = {}
        found: dict[int, Any] = {}
        done = 0
        while True:
            self._feed(source, asked)
            if not any(worker.waiting for worker in self._workers):
                break
            for ticket, answer in self._answers(config):
                if ticket >= first:
                    found[ticket] = _checked(answer)
                    done += asked.pop(ticket).size
            tick(done)
        for ticket, job in asked.items():
            found[ticket] = job.run(config)
        for job in source:
            self._ticket += 1
            found[self._ticket] = job.run(config)
            done += job.size
            tick(done)
        return [answer for _, answer in sorted(found.items(), key=itemgetter(0))]

    def close(self) -> None:
        """End the workers: at once where they are at work, which nobody waits for any more."""
        for worker in self._workers:
            if worker.waiting:
                worker.process.kill()
            else:
                self._send(worker, None)
        for worker in self._workers:
            _wait_for_end(worker.connection)
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_POLITE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join(5)
        self._workers = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _feed(self, source: "Iterator[Job]", asked: "dict[int, Job]") -> None:
        """Give each idle worker something to do. Lines are only sent to a worker that is waiting for them, so
        that neither side blocks on a full pipe; of a file's ranges each holds one in reserve."""
        for worker in self._workers:
            while len(worker.waiting) < 2:
                if worker.waiting and not all(map(is_in_file, worker.waiting.values())):
                    break
                job = next(source, None)
                if job is None:
                    return
                self._ticket += 1
                asked[self._ticket] = job
                worker.waiting[self._ticket] = job
                self._send(worker, (self._ticket, job))
                if not is_in_file(job):
                    break

    def _answers(self, config: LintConfig) -> Iterator[tuple[int, Any]]:
        """What came in within a tenth of a second. A worker that died leaves its jobs to be done here."""
        by_connection = {w.connection: w for w in self._workers if w.waiting}
        for ready in wait(list(by_connection), timeout=_POLL):
            worker = by_connection[ready]  # type: ignore[index]
            try:
                ticket, answer = worker.connection.recv()
            except (EOFError, OSError):
                self._workers.remove(worker)
                for ticket, job in worker.waiting.items():
                    yield ticket, job.run(config)
                continue
            worker.waiting.pop(ticket, None)
            yield ticket, answer

    def _send(self, worker: _Worker, message: Any) -> None:
        try:
            worker.connection.send(message)
        except (BrokenPipeError, ConnectionResetError):
            pass  # its connection reports the end at the next look


def _wait_for_end(connection: "Connection[Any, Any]") -> None:
    """Until nobody holds its other end any more; what comes before is dropped."""
    try:
        while connection.poll(_POLITE):
            connection.recv_bytes()
    except (EOFError, OSError):
        pass


def _checked(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


def is_in_file(job: "Job") -> bool:
    """Whether the worker reads the lines itself."""
    from finetune_studio.lint.jobs import FileRange

    return isinstance(job, FileRange)
