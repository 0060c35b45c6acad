"""Watching: growing pauses, offline spells, and what is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, ProviderError, StudioError
from finetune_studio.domain.job import FineTuneJob, JobEvent, JobState
from finetune_studio.workspace.job_watch import JobUpdate, Pace, last_update, steps_of, watch
from finetune_studio.workspace.job_watches import JobWatches
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_records import SubmissionState
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.unit.workspace.submission_parts import Sender, provider_of


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(script=("queued", "running", "running", "running", "succeeded")) as running:
        yield running


class Watched:
    """Watches the first submission of a sender, noting every update and pause."""

    def __init__(self, sender: Sender, pace: Pace | None = None) -> None:
        self.sender = sender
        self.row = sender.freeze()
        sender.submit(self.row)
        self.updates: list[JobUpdate] = []
        self.pauses: list[float] = []
        self.context = EventContext()
        self.context.pause = self._pause  # type: ignore[method-assign]
        self.pace = pace or Pace(1, 60, 2)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.context.check()

    def run(self, **more: object) -> FineTuneJob:
        return watch(
            self.sender.journal,
            self.sender.provider,
            self.row.ref,
            self.updates.append,
            self.context,
            self.pace,
            **more,  # type: ignore[arg-type]
        )


def test_to_the_end(server: FakeProviderServer, tmp_path: Path) -> None:
    watched = Watched(Sender(server, tmp_path))
    job = watched.run()
    assert job.state is JobState.SUCCEEDED
    assert [update.job.status for update in watched.updates] == [
        "queued",
        "running",
        "running",
        "running",
        "succeeded",
    ]
    running = watched.updates[2]
    assert (running.step, running.total_steps, running.progress) == (3, 10, 0.3)
    assert [point.step for point in running.metrics] == [2, 3]
    assert len(running.new_events) == 1
    last = watched.updates[-1]
    assert last.progress == 1.0
    assert [(point.step, point.train_loss, point.valid_loss) for point in last.metrics] == [
        (1, 2.0, None),
        (2, 1.0, 1.5),
        (3, pytest.approx(2 / 3), None),
        (4, 0.5, None),
    ]
    journal = watched.sender.journal
    assert journal.get(watched.row.ref).state is SubmissionState.DONE
    assert journal.results(watched.row.ref)[0].startswith(b"step,train_loss")
    assert journal.metrics(watched.row.ref) == last.metrics
    assert journal.events(watched.row.ref) == last.events
    known = last_update(journal, watched.row.ref)
    assert known is not None
    assert (known.job, known.metrics, known.step) == (last.job, last.metrics, last.step)


def test_pauses_grow_while_nothing_moves(tmp_path: Path) -> None:
    with FakeProviderServer(script=("queued",) * 9 + ("succeeded",)) as server:
        watched = Watched(Sender(server, tmp_path), Pace(1, 20, 2))
        watched.run()
    assert watched.pauses == [1, 2, 4, 8, 16, 20, 20, 20, 20]


def test_offline_is_told_and_outlived(server: FakeProviderServer, tmp_path: Path) -> None:
    watched = Watched(Sender(server, tmp_path))
    for kind in ("reset_before", "500_before", "timeout_before", "html", "429", "garbage"):
        server.inject("GET", "/fine_tuning/jobs/[^/]+", kind)
    assert watched.run().state is JobState.SUCCEEDED
    offline = [update.offline for update in watched.updates if update.offline]
    assert len(offline) == 6
    assert watched.updates[-1].offline == ""


@pytest.mark.parametrize("kind", ["401", "403", "404"])
def test_what_waiting_does_not_mend_ends_the_watching(
    server: FakeProviderServer, tmp_path: Path, kind: str
) -> None:
    watched = Watched(Sender(server, tmp_path))
    server.inject("GET", "/fine_tuning/jobs/[^/]+", kind)
    with pytest.raises(ProviderError):
        watched.run()


@pytest.mark.parametrize("what", ["events", "checkpoints", "results"])
@pytest.mark.parametrize("kind", ["404", "500_before"])
def test_what_a_service_need_not_have(
    server: FakeProviderServer, tmp_path: Path, what: str, kind: str
) -> None:
    watched = Watched(Sender(server, tmp_path))
    path = "/files/.*/content" if what == "results" else f"/fine_tuning/jobs/[^/]+/{what}"
    server.inject("GET", path, kind, times=1000)
    assert watched.run().state is JobState.SUCCEEDED
    assert server.calls("GET", path) <= 3


def test_leaving_does_not_cancel_the_job(server: FakeProviderServer, tmp_path: Path) -> None:
    watched = Watched(Sender(server, tmp_path))
    watched.context.cancel()
    with pytest.raises(CancelledError):
        watched.run()
    assert server.state.jobs["ftjob-1"]["status"] != "cancelled"


def test_a_failed_job_says_why(tmp_path: Path) -> None:
    with FakeProviderServer(script=("running", "failed")) as server:
        server.job_error = {"code": "invalid_training_file", "message": "Example 5 has no answer"}
        watched = Watched(Sender(server, tmp_path))
        job = watched.run()
    assert (job.state, job.error_message) == (JobState.FAILED, "Example 5 has no answer")
    kept = watched.sender.journal.get(watched.row.ref).job
    assert kept == job


def test_a_service_that_moved_is_found_again(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    watched = Watched(sender)
    here = sender.provider
    with FakeProviderServer() as gone:
        sender.provider = provider_of(gone)
    assert watched.run(reconnect=lambda: here).state is JobState.SUCCEEDED
    assert "cannot be reached" in watched.updates[0].offline


def test_pace_by_address() -> None:
    assert Pace.for_address("http://127.0.0.1:99/v1/").shortest == 1.0
    assert Pace.for_address("https://api.example.com/v1/") == Pace(5.0, 60.0)


def test_eta_from_the_pace_of_the_steps(server: FakeProviderServer, tmp_path: Path) -> None:
    watched = Watched(Sender(server, tmp_path))
    watched.run()
    running = watched.updates[3]
    seconds = [event.at for event in running.events if event.data]
    assert running.eta == seconds[-1] + timedelta(seconds=6)  # type: ignore[operator]
    assert watched.updates[-1].eta is None


@pytest.mark.parametrize(
    ("message", "data", "expected"),
    [
        ("Step 12/300: training loss=0.5", {}, (12, 300)),
        ("Step 1,200 of 3,000", {}, (1200, 3000)),
        ("anything", {"step": 7, "total_steps": 9}, (7, 9)),
        ("anything", {"step": 7}, (7, None)),
        ("The job has started", {}, (None, None)),
    ],
)
def test_steps_of_events(message: str, data: dict[str, int], expected: tuple[int | None, int | None]) -> None:
    event = JobEvent("e", datetime(2026, 1, 1, tzinfo=UTC), "info", message, data=dict(data))
    later = JobEvent("f", None, "info", "Checkpoint made")
    assert steps_of([event, later]) == expected


def test_several_jobs_are_watched_in_threads(server: FakeProviderServer, tmp_path: Path) -> None:
    import queue

    sender = Sender(server, tmp_path)
    calls: queue.SimpleQueue[object] = queue.SimpleQueue()
    watches = JobWatches(sender.journal, calls.put)
    rows = []
    for _ in range(2):
        row = sender.freeze()
        sender.submit(row)
        rows.append(row)
    for name in ("ftjob-1", "ftjob-2"):
        server.state.jobs[name]["asked"] = 4
    ended: dict[str, JobUpdate] = {}
    failures: list[StudioError] = []

    def on_update(update: JobUpdate) -> None:
        ended[update.ref] = update

    for row in rows:
        watches.start(sender.provider, row.ref, on_update, failures.append)
        watches.start(sender.provider, row.ref, on_update, failures.append)
    assert watches.is_watched(rows[0].ref)
    while any(watches.is_watched(row.ref) for row in rows):  # a job may tell more than its end
        calls.get(timeout=10)()  # type: ignore[operator]
    assert {update.job.state for update in ended.values()} == {JobState.SUCCEEDED}
    assert len(ended) == 2
    assert not watches.is_watched(rows[0].ref)
    assert failures == []
    watches.close()


def test_a_stopped_watch_says_no_more(server: FakeProviderServer, tmp_path: Path) -> None:
    import queue

    sender = Sender(server, tmp_path)
    row = sender.freeze()
    sender.submit(row)
    calls: queue.SimpleQueue[object] = queue.SimpleQueue()
    watches = JobWatches(sender.journal, calls.put)
    updates: list[JobUpdate] = []
    watches.start(sender.provider, row.ref, updates.append)
    late = calls.get(timeout=10)
    watches.close()
    late()  # type: ignore[operator]
    assert updates == []
