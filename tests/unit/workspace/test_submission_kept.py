"""The dataset's own record of what was sent: it is there where the journal is not."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from finetune_studio.domain.job import Checkpoint, FineTuneJob, JobEvent, JobState, Metrics
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage.copies import copy_for_sharing, save_copy
from finetune_studio.workspace.operations import messages
from finetune_studio.workspace.operations.purging import purge_text
from finetune_studio.workspace.provenance import changes_since, compare_data, jobs_of_example
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.sent_examples import ids_sent
from finetune_studio.workspace.submission import freeze
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_kept import (
    all_submissions,
    example_sent,
    keep_copies,
    last_known,
    lines_sent,
    stale_copies,
)
from finetune_studio.workspace.submission_records import SentExample, Submission, SubmissionPlan
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

SECRET = "sk-not-for-others"
JOB = FineTuneJob("ftjob-1", "tiny", "succeeded", JobState.SUCCEEDED, fine_tuned_model="ft:tiny:marv")


@pytest.fixture
def dataset(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    source = tmp_path / "marv.jsonl"
    asked = ["Who?", "What?", f"Is {SECRET} right?", "When?"]
    source.write_bytes(b"".join(chat_line(("user", text), ("assistant", "Oh.")) for text in asked))
    opened = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    yield opened
    opened.close()


def _send(workspace: Workspace, suffix: str = "marv") -> Submission:
    """A job that ran: its row, one event, one point, one checkpoint; three examples train, one validates."""
    journal = workspace.sending.journal
    rows = workspace.reader().execute(
        "SELECT e.id, b.bytes, b.sha256 FROM example e JOIN body b ON b.id=e.body_id ORDER BY e.position"
    )
    sent = [
        SentExample(bytes(data).rstrip(b"\r\n") + b"\n", number, bytes(sha)) for number, data, sha in rows
    ]
    plan = SubmissionPlan(
        "custom",
        "Ours",
        "https://ours.example/v1",
        "tiny",
        suffix=suffix,
        source=str(workspace.path),
        dataset_uid=workspace.uid,
    )
    row = freeze(journal, plan, sent[:3], sent[3:])
    journal.set_job(row.ref, JOB)
    point = Metrics(7, train_loss=0.5)
    event = JobEvent("e-1", datetime(2026, 11, 1, tzinfo=UTC), "info", "Step 7/7")
    journal.add_progress(row.ref, [event], [point], [Checkpoint("c-1", "ft:tiny:marv:7", 7, point)])
    return journal.get(row.ref)


def _keep(workspace: Workspace) -> None:
    workspace.perform(keep_copies, stale_copies(workspace))


def _lose_journal(paths: AppPaths) -> None:
    shutil.rmtree(paths.data / "submissions")
    for path in paths.data.glob("submissions.db*"):
        path.unlink()


def test_a_dataset_without_its_journal_still_tells_what_was_trained(
    dataset: Workspace, paths: AppPaths
) -> None:
    sent = _send(dataset)
    _keep(dataset)
    assert stale_copies(dataset) == [], "nothing is written twice"
    _lose_journal(paths)
    ids = list(list_ids(dataset))
    (row,) = all_submissions(dataset, 10)
    assert row.is_record
    assert (row.ref, row.job, row.training, row.validation) == (
        sent.ref,
        sent.job,
        sent.training,
        sent.validation,
    )
    assert row.plan.source == dataset.path.name, "no path of this computer"
    assert list(list_ids(dataset, parse_query("job:marv"))) == ids == ids_sent(dataset, JOB.id)
    assert [(item.part, item.line, item.is_same) for item in jobs_of_example(dataset, ids[3])] == [
        ("validation", 1, True)
    ]
    third = example_sent(dataset, row.ref, 3)
    assert third is not None
    assert third.example_id == ids[2]
    assert [example_sent(dataset, row.ref, line) for line in (0, 4)] == [None, None]
    update = last_known(dataset, row)
    assert update is not None
    assert (update.metrics[0].train_loss, update.events[0].message, update.checkpoints[0].step) == (
        0.5,
        "Step 7/7",
        7,
    )
    dataset.perform(messages.set_message_text, ids[0], 1, "Another answer.")
    since = changes_since(dataset, row.ref)
    assert ([each.example_id for each in since.changed], since.same, since.sent) == ([ids[0]], 3, 4)


def test_the_journal_goes_before_the_record_and_renews_it(dataset: Workspace) -> None:
    sent = _send(dataset)
    _keep(dataset)
    dataset.sending.journal.set_job(sent.ref, FineTuneJob("ftjob-1", "tiny", "failed", JobState.FAILED))
    (row,) = all_submissions(dataset, 10)
    assert not row.is_record
    assert row.job is not None
    assert row.job.state is JobState.FAILED
    (stale,) = stale_copies(dataset)
    assert stale.lines is None, "the lines are there already"
    _keep(dataset)
    assert stale_copies(dataset) == []


def test_records_and_rows_of_the_journal_are_one_list_newest_first(
    dataset: Workspace, paths: AppPaths
) -> None:
    old = _send(dataset, "old")
    _keep(dataset)
    _lose_journal(paths)
    new = _send(dataset, "new")
    rows = all_submissions(dataset, 10)
    assert [(row.ref, row.is_record) for row in rows] == [(new.ref, False), (old.ref, True)]
    assert compare_data(dataset, rows[0], rows[1]).both == 3


def test_a_copy_of_the_dataset_keeps_the_record_and_one_for_sharing_does_not(
    dataset: Workspace, paths: AppPaths, tmp_path: Path
) -> None:
    sent = _send(dataset)
    _keep(dataset)
    whole, shared = tmp_path / "whole.ftset", tmp_path / "shared.ftset"
    save_copy(dataset.database, whole)
    copy_for_sharing(dataset.database, shared)
    for path, expected in ((whole, [sent.ref]), (shared, [])):
        other = Workspace.open(path, paths=paths, runner=ImmediateRunner())
        try:
            ids = list(list_ids(other))
            found = [item.submission.ref for item in jobs_of_example(other, ids[0])]
            assert found == expected, path.name
        finally:
            other.close()


def test_a_purge_takes_the_hashes_of_what_it_removed_out_of_the_record(
    dataset: Workspace, paths: AppPaths
) -> None:
    sent = _send(dataset, SECRET)
    _keep(dataset)
    before = dict(lines_sent(dataset, sent.ref, "training"))
    dataset.perform(purge_text, SECRET)
    _lose_journal(paths)
    (row,) = all_submissions(dataset, 10)
    assert row.plan.suffix == "[removed]"
    after = dict(lines_sent(dataset, sent.ref, "training"))
    ids = list(list_ids(dataset))
    assert after == {**before, ids[2]: bytes(32)}
    assert [item.is_same for item in jobs_of_example(dataset, ids[2])] == [False]


def test_a_record_that_is_not_understood_is_passed_over(dataset: Workspace, paths: AppPaths) -> None:
    _send(dataset)
    _keep(dataset)
    _lose_journal(paths)
    for document in ("{", "[]", '{"ref": "x"}'):
        dataset.database.writer.execute("UPDATE submission SET document=?", (document,))
        assert all_submissions(dataset, 10) == []
        assert list(list_ids(dataset, parse_query("job:marv"))) == []


def test_what_another_dataset_sent_is_not_kept_here(dataset: Workspace) -> None:
    journal: SubmissionJournal = dataset.sending.journal
    plan = SubmissionPlan("custom", "Ours", "https://ours.example/v1", "tiny", dataset_uid="another")
    freeze(journal, plan, [SentExample(b"{}\n", 1, bytes(32))])
    assert stale_copies(dataset) == []
