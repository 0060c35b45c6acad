"""Watching a job to its end: asks with growing pauses, survives being offline, keeps all it learns."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from finetune_studio.domain.errors import ProviderError
from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, JobState, Metrics
from finetune_studio.providers.base import Provider
from finetune_studio.providers.errors import RateLimitError, UnreachableError
from finetune_studio.providers.openai_client import is_loopback_url
from finetune_studio.providers.results import (
    merge_metrics,
    metrics_of_checkpoints,
    metrics_of_events,
    parse_results,
)
from finetune_studio.workspace.submission_context import EventContext, WorkContext
from finetune_studio.workspace.submission_journal import SubmissionJournal

T = TypeVar("T")
_ENOUGH = 3
_STEPS = re.compile(r"\bstep\s+(\d[\d,]*)\s*(?:/|of)\s*(\d[\d,]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JobUpdate:
    """All that is known of a job. `progress` is 0 to 1; `offline` says why the last look failed, or ""."""

    ref: str
    job: FineTuneJob
    events: tuple[JobEvent, ...] = ()
    new_events: tuple[JobEvent, ...] = ()
    metrics: tuple[Metrics, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    step: int | None = None
    total_steps: int | None = None
    progress: float | None = None
    eta: datetime | None = None
    offline: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two looks: the shortest while things move, growing by `factor` while nothing does."""

    shortest: float = 5.0
    longest: float = 60.0
    factor: float = 1.5

    @classmethod
    def for_address(cls, base_url: str) -> "Pace":
        """This computer is asked every second, at most every five; others every five to sixty."""
        return cls(1.0, 5.0) if is_loopback_url(base_url) else cls()


OnUpdate = Callable[[JobUpdate], None]
Reconnect = Callable[[], Provider | None]


def watch(
    journal: SubmissionJournal,
    provider: Provider,
    ref: str,
    on_update: OnUpdate,
    context: WorkContext,
    pace: Pace | None = None,
    reconnect: Reconnect | None = None,
) -> FineTuneJob:
    """Ask until the job is final, and give it back; `on_update` is called in this thread.

    Network trouble is reported in `offline` and outlived; `reconnect` gives the provider at its new
    address then (this computer's server changes its port), or None. Raises CancelledError when the context is
    cancelled (the job goes on), and ProviderError when the service does not accept the key or no
    longer knows the job.
    """
    pace = pace or Pace.for_address(provider.base_url)
    return _Watch(journal, provider, ref, on_update, context, pace, reconnect).run()


def look_once(journal: SubmissionJournal, provider: Provider, ref: str) -> JobUpdate:
    """Ask once and keep what is learned; for lists, and for jobs that ended while nobody watched."""
    row = journal.get(ref)
    if row.job is None:
        raise ProviderError("There is no job to look at yet.", "Continue the submission first.")
    updates: list[JobUpdate] = []
    one = _Watch(journal, provider, ref, updates.append, EventContext(), Pace(), None)
    one.look(row.job)
    return updates[-1]


def last_update(journal: SubmissionJournal, ref: str) -> JobUpdate | None:
    """What the journal knows, without asking anybody; None before there is a job."""
    row = journal.get(ref)
    if row.job is None:
        return None
    return update_of(ref, row.job, journal.events(ref), journal.metrics(ref), journal.checkpoints(ref))


def update_of(
    ref: str,
    job: FineTuneJob,
    events: Sequence[JobEvent],
    metrics: Sequence[Metrics],
    checkpoints: Sequence[Checkpoint],
) -> JobUpdate:
    """What is known of a job, put together."""
    return _Known(list(events), tuple(metrics), tuple(checkpoints)).update(ref, job)


@dataclass(slots=True)
class _Known:
    events: list[JobEvent] = field(default_factory=list)
    metrics: tuple[Metrics, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()

    def update(
        self, ref: str, job: FineTuneJob, new: Sequence[JobEvent] = (), offline: str = ""
    ) -> JobUpdate:
        step, total = steps_of(self.events)
        return JobUpdate(
            ref=ref,
            job=job,
            events=tuple(self.events),
            new_events=tuple(new),
            metrics=self.metrics,
            checkpoints=self.checkpoints,
            step=step,
            total_steps=total,
            progress=_progress(job, step, total),
            eta=_eta(job, self.events, step, total),
            offline=offline,
        )


class _Watch:
    def __init__(
        self,
        journal: SubmissionJournal,
        provider: Provider,
        ref: str,
        on_update: OnUpdate,
        context: WorkContext,
        pace: Pace,
        reconnect: Reconnect | None,
    ) -> None:
        self._journal = journal
        self._provider = provider
        self._ref = ref
        self._on_update = on_update
        self._context = context
        self._pace = pace
        self._reconnect = reconnect
        self._trouble: dict[str, int] = {}
        self._known = _Known(list(journal.events(ref)), journal.metrics(ref), journal.checkpoints(ref))

    def run(self) -> FineTuneJob:
        row = self._journal.get(self._ref)
        if row.job is None:
            raise ProviderError("There is no job to watch yet.", "Continue the submission first.")
        job, pause = row.job, self._pace.shortest
        while True:
            self._context.check()
            asked: float | None = None
            try:
                job, moved = self.look(job)
            except ProviderError as error:
                if error.status in (401, 403, 404):
                    raise
                if isinstance(error, UnreachableError) and self._reconnect is not None:
                    self._provider = self._reconnect() or self._provider
                asked = error.retry_after if isinstance(error, RateLimitError) else None
                moved = False
                self._on_update(self._known.update(self._ref, job, offline=error.text))
            else:
                if job.state.is_final:
                    return job
            pause = self._pace.shortest if moved else min(pause * self._pace.factor, self._pace.longest)
            self._context.pause(max(pause, min(asked or 0.0, 300.0)))

    def look(self, before: FineTuneJob) -> tuple[FineTuneJob, bool]:
        """One round; whether anything had moved. Events are read after the job, so the last round has all."""
        job = self._provider.get_job(before.id)
        ids = frozenset(event.id for event in self._known.events)
        no_events: tuple[JobEvent, ...] = ()
        new = self._optional("events", lambda: self._provider.list_events(job.id, ids), no_events)
        checkpoints = self._known.checkpoints
        without_curve = job.state is JobState.RUNNING and not self._known.metrics
        told = any("checkpoint" in event.message.lower() for event in new)
        if job.state.is_final or told or without_curve:
            checkpoints = self._optional(
                "checkpoints", lambda: self._provider.list_checkpoints(job.id), checkpoints
            )
        points = metrics_of_events(new)
        if job.state.is_final and job.result_files:
            final = self._optional("results", lambda: self._results(job), points)
            points = merge_metrics((*points, *final))
        self._known.events.extend(new)
        # Some services tell measures with their checkpoints alone; what an event or a file says goes before.
        of_checkpoints = metrics_of_checkpoints(checkpoints)
        merged = merge_metrics((*of_checkpoints, *self._known.metrics, *points))
        fresh = [point for point in merged if point not in self._known.metrics]
        self._known.metrics = merged
        moved = job != before or bool(new) or bool(fresh)
        if checkpoints != self._known.checkpoints or new or fresh:
            self._known.checkpoints = checkpoints
            self._journal.add_progress(self._ref, new, fresh, checkpoints)
        if job != before:
            self._journal.set_job(self._ref, job)
        self._on_update(self._known.update(self._ref, job, new))
        return job, moved

    def _optional(self, what: str, call: Callable[[], T], otherwise: T) -> T:
        """What a service need not have: it is left out once refused, or after the third trouble."""
        if self._trouble.get(what, 0) >= _ENOUGH:
            return otherwise
        try:
            return call()
        except ProviderError as error:
            refused = (
                error.status is not None and 400 <= error.status < 500 and error.status not in (401, 429)
            )
            self._trouble[what] = _ENOUGH if refused else self._trouble.get(what, 0) + 1
            if self._trouble[what] >= _ENOUGH:
                return otherwise
            raise

    def _results(self, job: FineTuneJob) -> tuple[Metrics, ...]:
        contents = self._provider.result_files(job)
        self._journal.keep_results(self._ref, contents)
        return merge_metrics(point for content in contents for point in parse_results(content))


def steps_of(events: Sequence[JobEvent]) -> tuple[int | None, int | None]:
    """The last step and the number of steps that the events tell, in their data or their words."""
    for event in reversed(events):
        step, total = event.data.get("step"), event.data.get("total_steps")
        match = _STEPS.search(event.message)
        if match is not None:
            step = int(match[1].replace(",", "")) if step is None else step
            total = int(match[2].replace(",", "")) if total is None else total
        if isinstance(step, (int, float)):
            return int(step), int(total) if isinstance(total, (int, float)) and total > 0 else None
    return None, None


def _progress(job: FineTuneJob, step: int | None, total: int | None) -> float | None:
    if job.state is JobState.SUCCEEDED:
        return 1.0
    if step is None or not total:
        return job.progress
    return min(1.0, step / total)


def _eta(
    job: FineTuneJob, events: Sequence[JobEvent], step: int | None, total: int | None
) -> datetime | None:
    """The service's own estimate, else from the pace of the steps so far; none unless the job runs."""
    if job.state is not JobState.RUNNING:
        return None
    if job.estimated_finish is not None:
        return job.estimated_finish
    timed = [(event.at, steps_of([event])[0]) for event in events if event.at is not None]
    points = [(at, number) for at, number in timed if number is not None]
    if step is None or not total or len(points) < 2:
        return None
    (first_at, first), (last_at, last) = points[0], points[-1]
    seconds = (last_at - first_at).total_seconds()
    if last <= first or seconds <= 0:
        return None
    return last_at + timedelta(seconds=seconds / (last - first) * (total - last))
