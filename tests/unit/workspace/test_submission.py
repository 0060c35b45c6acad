"""Submissions that go well, are cancelled, interrupted, or tried again."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_studio.domain.errors import (
    CancelledError,
    GateError,
    InputError,
    ProviderError,
    StorageFullError,
)
from finetune_studio.domain.job import JobState
from finetune_studio.workspace.submission import cancel_job, freeze, pause_job, resume_job, submit
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_gate import GateResult
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_lock import BusyError
from finetune_studio.workspace.submission_patience import Patience
from finetune_studio.workspace.submission_reconcile import reconcile
from finetune_studio.workspace.submission_records import SubmissionState
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.unit.workspace.submission_parts import QUICK, Sender, a_plan, sent_examples


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as running:
        yield running


def test_what_is_sent_is_what_was_frozen(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze(validation=True)
    body = b"".join(example.data for example in sent_examples())
    assert server.requests == []
    assert row.state is SubmissionState.PREPARED
    assert row.training.sha256 == hashlib.sha256(body).hexdigest()
    assert sender.journal.frozen_path(row.training).read_bytes() == body
    job = sender.submit(row)
    assert job.state is JobState.QUEUED
    assert server.state.contents["file-1"] == body
    names = [file["filename"] for file in server.state.files.values()]
    assert row.validation is not None
    assert names == [f"fts-{row.training.sha256}.jsonl", f"fts-{row.validation.sha256}.jsonl"]
    assert server.state.bodies == [
        {
            "model": "tiny",
            "training_file": "file-1",
            "validation_file": "file-2",
            "metadata": {"fts_ref": row.ref},
            "suffix": "marv",
            "seed": 7,
            "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        }
    ]
    after = sender.journal.get(row.ref)
    assert after.state is SubmissionState.SUBMITTED
    assert after.job == job


def test_a_line_leads_back_to_its_example(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze(validation=True)
    found = sender.journal.example_at(row.ref, 5)
    assert found is not None
    assert (found.example_id, found.body_sha256) == (104, bytes([4]) * 32)
    assert sender.journal.example_at(row.ref, 13) is None
    assert sender.journal.example_at(row.ref, 0) is None
    held_out = sender.journal.example_at(row.ref, 3, "validation")
    assert held_out is not None
    assert held_out.example_id == 102


def test_the_same_again_is_another_job_but_no_other_upload(
    server: FakeProviderServer, tmp_path: Path
) -> None:
    sender = Sender(server, tmp_path)
    first, second = sender.submit(), sender.submit()
    assert first.id != second.id
    assert sender.uploads == 1
    assert [row.job.id for row in sender.journal.all() if row.job] == [second.id, first.id]


def test_sending_a_row_twice_gives_the_same_job(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    assert sender.submit(row).id == sender.submit(row).id
    assert sender.jobs == 1


def test_two_at_once_is_refused(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    with sender.journal.lock(row.ref), pytest.raises(BusyError, match="being sent already"):
        sender.submit(row)
    assert sender.jobs == 0


def test_twenty_threads_that_send_one_row_make_one_job(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    outcomes: list[str] = []

    def send() -> None:
        try:
            outcomes.append(sender.submit(row).id)
        except BusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"ftjob-1", "busy"}
    assert sender.jobs == 1


def test_cancel_while_uploading_leaves_no_job(server: FakeProviderServer, tmp_path: Path) -> None:
    server.slow_reading = 0.05
    sender = Sender(server, tmp_path)
    big = [replace(example, data=example.data * 4000) for example in sent_examples()]
    row = freeze(sender.journal, a_plan(server), big)
    context = EventContext(lambda done, total, text: context.cancel() if 0 < done < (total or 0) else None)
    with pytest.raises(CancelledError):
        submit(sender.journal, sender.provider, row, context, QUICK)
    assert sender.jobs == 0
    assert sender.journal.get(row.ref).state is SubmissionState.CANCELLED


def test_cancel_while_the_job_is_created_cancels_the_job(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    original = sender.provider.create_job

    def create(request: object) -> object:
        sender.context.cancel()
        return original(request)  # type: ignore[arg-type]

    sender.provider.create_job = create  # type: ignore[method-assign, assignment]
    with pytest.raises(CancelledError, match="cancelled too"):
        sender.submit(row)
    after = sender.journal.get(row.ref)
    assert after.job is not None
    assert after.job.state is JobState.CANCELLED
    assert server.state.jobs["ftjob-1"]["status"] == "cancelled"


def test_cancel_while_in_doubt_cancels_the_job_when_it_is_found(
    server: FakeProviderServer, tmp_path: Path
) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    server.inject("POST", "/fine_tuning/jobs", "reset_after")

    def pause(_seconds: float) -> None:
        if sender.journal.get(row.ref).state is SubmissionState.UNKNOWN:
            sender.context.cancel()
        sender.context.check()

    sender.context.pause = pause  # type: ignore[method-assign]
    with pytest.raises(CancelledError):
        sender.submit(row)
    after = sender.journal.get(row.ref)
    assert after.state is SubmissionState.UNKNOWN
    assert after.cancel_requested
    [settled] = reconcile(sender.journal, lambda _row: sender.provider, EventContext())
    assert settled.state is SubmissionState.DONE
    assert settled.job is not None
    assert settled.job.state is JobState.CANCELLED


@pytest.mark.parametrize("state", ["prepared", "uploading", "processing"])
def test_an_app_that_died_before_the_job_starts_none_by_itself(
    server: FakeProviderServer, tmp_path: Path, state: str
) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    sender.journal.update(row.ref, state=SubmissionState(state))
    [settled] = reconcile(sender.journal, lambda _row: sender.provider, EventContext())
    assert settled.state is SubmissionState.INTERRUPTED
    assert server.requests == []
    assert sender.freeze().ref == row.ref
    assert sender.submit(row).id == "ftjob-1"


def test_reconcile_brings_open_jobs_up_to_date(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    sender.submit()
    [settled] = reconcile(sender.journal, lambda _row: sender.provider, EventContext())
    assert settled.state is SubmissionState.DONE
    assert settled.job is not None
    assert settled.job.trained_tokens == 1234
    assert [point.step for point in sender.journal.metrics(settled.ref)] == [1, 2]
    assert sender.journal.events(settled.ref)
    assert reconcile(sender.journal, lambda _row: sender.provider, EventContext()) == []


def test_reconcile_without_a_key_or_a_network_leaves_rows_open(
    server: FakeProviderServer, tmp_path: Path
) -> None:
    sender = Sender(server, tmp_path)
    sender.submit()
    assert reconcile(sender.journal, lambda _row: None, EventContext()) == []
    server.inject("GET", "/fine_tuning/jobs/.*", "reset_before")
    reconcile(sender.journal, lambda _row: sender.provider, EventContext())
    [row] = sender.journal.unsettled()
    assert row.state is SubmissionState.SUBMITTED
    assert "broke off" in row.error


def test_a_wrong_key_can_be_put_right_and_the_submission_goes_on(
    server: FakeProviderServer, tmp_path: Path
) -> None:
    from tests.unit.workspace.submission_parts import provider_of

    sender = Sender(server, tmp_path)
    row = sender.freeze()
    wrong = provider_of(server, key="sk-wrong-key-of-another-service")
    with pytest.raises(ProviderError, match="does not accept the API key"):
        submit(sender.journal, wrong, row, sender.context, QUICK)
    assert sender.journal.get(row.ref).state is SubmissionState.INTERRUPTED
    assert sender.submit(sender.freeze()).id == "ftjob-1"
    assert len(sender.journal.all()) == 1


def test_a_file_that_the_service_rejects(tmp_path: Path) -> None:
    with FakeProviderServer(file_script=("uploaded", "error")) as server:
        sender = Sender(server, tmp_path)
        with pytest.raises(ProviderError, match="does not take the file"):
            sender.submit()
        assert sender.jobs == 0
        assert sender.journal.all()[0].state is SubmissionState.REFUSED


def test_a_changed_frozen_file_is_not_sent(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    sender.journal.frozen_path(row.training).write_bytes(b"{}\n")
    with pytest.raises(InputError, match="was changed"):
        sender.submit(row)
    assert sender.uploads == 0


def test_a_service_that_lists_no_jobs_takes_the_first_try(server: FakeProviderServer, tmp_path: Path) -> None:
    server.inject("GET", "/fine_tuning/jobs", "404", times=1000)
    sender = Sender(server, tmp_path)
    assert sender.submit().id == "ftjob-1"
    server.inject("POST", "/fine_tuning/jobs", "reset_after")
    row = sender.freeze(seed=8)
    with pytest.raises(ProviderError):
        sender.submit(row)
    assert sender.journal.get(row.ref).state is SubmissionState.UNKNOWN
    with pytest.raises(ProviderError):
        sender.submit(row)
    assert sender.jobs == 2, "asked again without being able to look"


def test_a_submission_in_doubt_is_looked_for_patiently(server: FakeProviderServer, tmp_path: Path) -> None:
    """The job shows up only at the third look of the second try."""
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    server.inject("POST", "/fine_tuning/jobs", "reset_after")
    find = sender.provider.find_job_by_ref
    looks: list[str] = []

    def slow(ref: str) -> object:
        looks.append(ref)
        return find(ref) if len(looks) > 6 else None

    sender.provider.find_job_by_ref = slow  # type: ignore[method-assign, assignment]
    with pytest.raises(ProviderError):
        sender.submit(row)
    patient = replace(QUICK, after_create=(0,) * 9)
    assert submit(sender.journal, sender.provider, row, sender.context, patient).id == "ftjob-1"
    assert sender.jobs == 1


def test_steering(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    sender.submit(row)
    assert pause_job(sender.journal, sender.provider, row.ref).state is JobState.PAUSED
    assert resume_job(sender.journal, sender.provider, row.ref).state is JobState.RUNNING
    assert cancel_job(sender.journal, sender.provider, row.ref).state is JobState.CANCELLED
    assert sender.journal.get(row.ref).state is SubmissionState.DONE


def test_nothing_to_send_leaves_nothing_behind(server: FakeProviderServer, tmp_path: Path) -> None:
    journal = SubmissionJournal(tmp_path)
    with pytest.raises(InputError, match="no example to send"):
        freeze(journal, a_plan(server), [])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
    assert journal.all() == []


def test_a_judge_that_stops_leaves_no_row(server: FakeProviderServer, tmp_path: Path) -> None:
    journal = SubmissionJournal(tmp_path)

    def judge(training: Path, _validation: Path | None) -> GateResult:
        assert training.read_bytes().count(b"\n") == 12
        result = GateResult(2, 1)
        result.require()
        return result

    with pytest.raises(GateError, match="2 errors must be mended"):
        freeze(journal, a_plan(server), sent_examples(), judge=judge)
    assert journal.all() == []
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []
    passed = freeze(
        journal, a_plan(server), sent_examples(), judge=lambda *_: GateResult(2, 1, "they are meant")
    )
    assert passed.plan.findings == (2, 1)
    assert passed.plan.override_reason == "they are meant"


def test_a_folder_that_cannot_be_written_is_told(server: FakeProviderServer, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(StorageFullError, match="could not be written"):
        freeze(SubmissionJournal(tmp_path / "data"), a_plan(server), sent_examples())


def test_a_damaged_journal_is_told(tmp_path: Path) -> None:
    (tmp_path / "submissions.db").write_bytes(b"not a database at all, just some text " * 50)
    with pytest.raises(StorageFullError, match="journal"):
        SubmissionJournal(tmp_path).all()


def test_the_files_are_private(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    for path in (sender.journal.path, sender.journal.frozen_path(row.training)):
        assert path.stat().st_mode & 0o077 == 0


def test_patience_is_long_enough_for_a_slow_service() -> None:
    assert sum(Patience().after_create) >= 60
