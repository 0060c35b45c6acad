"""Frozen bytes are deleted once nobody needs them; what was sent from which example stays known."""

from pathlib import Path

import pytest

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.job import FineTuneJob, JobState
from finetune_studio.workspace.submission import freeze
from finetune_studio.workspace.submission_frozen import delete_frozen, delete_unneeded, frozen_here, holding
from finetune_studio.workspace.submission_journal import SubmissionJournal
from finetune_studio.workspace.submission_records import SentExample, Submission, SubmissionPlan

DONE = FineTuneJob("ftjob-1", "tiny", "succeeded", JobState.SUCCEEDED)


@pytest.fixture
def journal(tmp_path: Path) -> SubmissionJournal:
    return SubmissionJournal(tmp_path / "data")


def _freeze(journal: SubmissionJournal, suffix: str, text: bytes = b"oh", uid: str = "ours") -> Submission:
    plan = SubmissionPlan("custom", "Ours", "https://o.example/v1", "tiny", suffix=suffix, dataset_uid=uid)
    lines = [SentExample(b'{"n":"%b"}\n' % text, 7, bytes([1]) * 32)]
    return freeze(journal, plan, lines, [SentExample(b'{"held":"out"}\n', 8, bytes([2]) * 32)])


def test_frozen_bytes_go_once_the_job_is_over_and_the_map_stays(journal: SubmissionJournal) -> None:
    row = _freeze(journal, "a")
    with pytest.raises(UsageError, match="still needs"):
        delete_frozen(journal, row.ref)
    journal.set_job(row.ref, DONE)
    here = frozen_here(journal, journal.get(row.ref))
    assert (len(here.paths), here.size) == (2, row.training.size + 15)
    notes = journal.files.upload_memory(row.training, row.plan.base_url)
    notes.save("part-1")
    assert delete_frozen(journal, row.ref) == here
    assert not any(path.exists() for path in here.paths)
    assert notes.load() == ""
    assert frozen_here(journal, row).paths == ()
    line = journal.example_at(row.ref, 1)
    assert line is not None
    assert line.example_id == 7


def test_bytes_that_another_submission_needs_stay(journal: SubmissionJournal) -> None:
    over, waits = _freeze(journal, "a"), _freeze(journal, "b")
    assert over.training.sha256 == waits.training.sha256
    journal.set_job(over.ref, DONE)
    assert delete_frozen(journal, over.ref).paths == ()
    assert len(frozen_here(journal, over).paths) == 2


def test_files_that_hold_a_text_are_found_across_pieces(
    journal: SubmissionJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune_studio.workspace.submission_frozen._CHUNK", 8)
    held = _freeze(journal, "a", b"before sk-marked-key after")
    _freeze(journal, "b", b"nothing here")
    _freeze(journal, "c", b"sk-marked-key of another", uid="another")
    found = holding(journal, "ours", [b"sk-marked-key"])
    assert found == (journal.frozen_path(held.training),)
    assert delete_unneeded(journal, found).paths == ()
    journal.set_job(held.ref, DONE)
    assert delete_unneeded(journal, found).paths == found
    assert holding(journal, "ours", [b"sk-marked-key"]) == ()
