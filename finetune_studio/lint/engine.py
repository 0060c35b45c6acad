"""Runs the checks over whole datasets: in this process for small ones, in two workers for large ones."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.kernels import library
from finetune_studio.lint.batch import found_in_dataset
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import Array, DatasetFacts, merge
from finetune_studio.lint.file_check import FileCheck
from finetune_studio.lint.findings import Findings, gathered
from finetune_studio.lint.jobs import CHUNK_BYTES, SMALL_CHUNK_BYTES, Bodies, Job
from finetune_studio.lint.memory import give_back
from finetune_studio.lint.near_duplicates import Comparing, compared_by
from finetune_studio.lint.pool import SMALL_FILE, WorkerPool
from finetune_studio.lint.registry import rules_of
from finetune_studio.lint.report import FileReport, LintResult

SMALL = 2_000
"""Examples below which starting workers does not pay."""

_THREADS = 2
"""That compare: compiled functions run beside each other."""

Progress = Callable[[int, int, str], None]
"""Called with examples done, of how many (0 when not known), and a text; may raise CancelledError."""


class LintEngine:
    """Checks datasets with one configuration at a time; may be used from any thread, one check at a time.

    `workers` are started when first needed or by `start`, and end with `close` or with this process. A `pool`
    that has been launched already becomes the engine's own.
    """

    def __init__(
        self, config: LintConfig | None = None, workers: int = 0, pool: WorkerPool | None = None
    ) -> None:
        self.config = config or LintConfig()
        self._lock = threading.Lock()
        self._pool = WorkerPool(workers) if pool is None and workers > 0 else pool

    def start(self) -> None:
        """Start the workers before they are needed; returns before they are ready."""
        if self._pool is not None:
            with self._lock:
                self._pool.start(self.config)

    @property
    def is_busy(self) -> bool:
        """Whether the workers are at work: who asks for more waits."""
        return self._lock.locked()

    def close(self) -> None:
        if self._pool is not None:
            with self._lock:
                self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def check_bodies(
        self,
        bodies: Iterable[tuple[int, bytes]],
        *,
        splits: Iterable[Split | None] | None = None,
        statuses: Iterable[ReviewState] | None = None,
        tags: Iterable[Iterable[str]] | None = None,
        sources: Iterable[str | None] | None = None,
        total: int = 0,
        progress: Progress | None = None,
    ) -> LintResult:
        """Check examples by key; the other columns, where known, are in the same order.

        Raises CancelledError when `progress` does.
        """
        started = time.perf_counter()
        source = iter(bodies)
        first = list(islice(source, SMALL))
        is_large = len(first) == SMALL and self._pool is not None
        jobs = _body_jobs(chain(first, source), CHUNK_BYTES if is_large else SMALL_CHUNK_BYTES)
        batches = self.run_jobs(jobs, total=total, progress=progress, in_workers=is_large)
        facts = merge(batches)
        facts = facts.with_extras(splits=splits, statuses=statuses, tags=tags, sources=sources)
        found = [*facts.diagnostics, *self.check_facts(facts, in_workers=is_large)]
        return LintResult(facts, found, time.perf_counter() - started)

    def check_file(self, path: Path, *, progress: Progress | None = None) -> FileReport:
        """Check a file of examples; raises InputError when it cannot be read at all."""
        started = time.perf_counter()
        check = FileCheck(Path(path), self.config)
        in_workers = self._pool is not None and check.size >= SMALL_FILE
        jobs = check.jobs(CHUNK_BYTES if in_workers else SMALL_CHUNK_BYTES)
        with ThreadPoolExecutor(1) if in_workers else nullcontext() as aside:
            if aside is not None:
                aside.submit(rules_of, self.config)  # imports them meanwhile
            facts = check.merged(self.run_jobs(jobs, progress=progress, in_workers=in_workers))
            numbers, facts = _numbered(facts)
            if in_workers:
                give_back()
            of_all = self._found_in(facts, in_workers=in_workers, aside=aside)
        found = Findings(facts.diagnostics, *of_all)
        seconds = time.perf_counter() - started
        return FileReport(Path(path), facts, found, numbers, seconds, check.notices)

    def check_facts(
        self,
        facts: DatasetFacts,
        *,
        progress: Progress | None = None,
        in_workers: bool = False,
        aside: Executor | None = None,
    ) -> list[Diagnostic]:
        """As check_dataset, but that the workers compare many examples with each other, unless compiled
        functions do it here: that takes less time than to send what is compared.

        `aside` runs rules that take long beside the others. Raises CancelledError when `progress` does, which
        is called while they compare.
        """
        found = self._found_in(facts, progress=progress, in_workers=in_workers, aside=aside)
        return [diagnostic for part in found for diagnostic in part]

    def _found_in(
        self,
        facts: DatasetFacts,
        *,
        progress: Progress | None = None,
        in_workers: bool = False,
        aside: Executor | None = None,
    ) -> list[Sequence[Diagnostic]]:
        if not in_workers or self._pool is None:
            return found_in_dataset(facts, self.config, aside)
        with compared_by(partial(self._compared, progress=progress)):
            return found_in_dataset(facts, self.config, aside)

    def _compared(self, comparisons: Iterable[Comparing], progress: Progress | None) -> list[Array]:
        if library() is None:
            return self.run_jobs(comparisons, progress=progress, in_workers=True)
        tick = _Ticker(progress, 0)
        found = []
        threads = ThreadPoolExecutor(_THREADS)
        try:
            for answer in threads.map(lambda comparison: comparison.run(), comparisons):
                found.append(answer)
                tick(0)
        finally:
            threads.shutdown(cancel_futures=True)
        return found

    def run_jobs(
        self,
        jobs: Iterable[Job],
        *,
        total: int = 0,
        progress: Progress | None = None,
        in_workers: bool = False,
    ) -> list[Any]:
        """Do the jobs and give their answers in order."""
        tick = _Ticker(progress, total)
        if in_workers and self._pool is not None:
            with self._lock:
                return self._pool.run(jobs, self.config, tick)
        found = []
        done = 0
        for job in jobs:
            found.append(job.run(self.config))
            done += job.size
            tick(done)
        return found


class _Ticker:
    """Passes progress on at most ten times a second (and the first time)."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._last = 0.0

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if self._progress is not None and (now - self._last >= 0.1 or done == self._total):
            self._last = now
            self._progress(done, self._total, "Checking")


def _body_jobs(bodies: Iterable[tuple[int, bytes]], chunk_bytes: int) -> Iterator[Job]:
    keys: list[int] = []
    lines: list[bytes] = []
    size = 0
    for key, body in bodies:
        keys.append(key)
        lines.append(body)
        size += len(body)
        if size >= chunk_bytes:
            yield Bodies(keys, lines)
            keys, lines, size = [], [], 0
    if keys:
        yield Bodies(keys, lines)


def _numbered(facts: DatasetFacts) -> tuple[Sequence[int], DatasetFacts]:
    """Turn the keys, which are line numbers from 0, into numbers of examples; and the lines, from 1."""
    lines = facts.columns.key
    if np.array_equal(lines, np.arange(len(lines))):
        return range(1, len(lines) + 1), facts
    return (lines + 1).tolist(), replace(
        facts,
        diagnostics=gathered(_renumbered(d, lines) for d in facts.diagnostics),
        columns=replace(facts.columns, key=np.arange(len(lines))),
        tools=replace(facts.tools, key=np.searchsorted(lines, facts.tools.key)),
    )


def _renumbered(diagnostic: Diagnostic, lines: Array) -> Diagnostic:
    example = diagnostic.location.example
    if example is None:
        return diagnostic
    return replace(
        diagnostic, location=replace(diagnostic.location, example=int(np.searchsorted(lines, example)))
    )


def check_file(
    path: Path | str,
    config: LintConfig | None = None,
    *,
    workers: int = 0,
    progress: Progress | None = None,
) -> FileReport:
    """Check one file of examples: JSONL, or a JSON list, in any common encoding, also compressed.

    `config` says target, rules, severities and options (default: all rules, any provider). `workers` above 0
    starts that many processes for a file over 2 MB, which pays from some ten thousand examples on; the
    caller's module must then be importable without side effects (`if __name__ == "__main__"`). `progress` is
    called with the examples done, 0 and a text about ten times a second, and may raise CancelledError. Raises
    InputError where the file cannot be read at all; a line that cannot be is a finding. LintEngine checks
    many files without starting workers again.

        report = check_file("data.jsonl", LintConfig(select=("F", "D")), workers=2)
        for found in report.diagnostics:
            print(report.line_of(found), found.code, found.severity, found.message)
    """
    with LintEngine(config, workers) as engine:
        return engine.check_file(Path(path), progress=progress)
