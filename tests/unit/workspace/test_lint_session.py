"""Findings follow the dataset: whole checks, edits, undo, targets, set-asides, cancel, close."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.lint.jobs import Bodies
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.workspace.lint_cache import cache_path, key_of, load_check
from finetune_studio.workspace.lint_jobs import jobs_of_ids
from finetune_studio.workspace.lint_runs import LintRuns
from finetune_studio.workspace.operations import examples, fixes, messages, options, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids, rows
from finetune_studio.workspace.tasks import ImmediateRunner, TaskState, ThreadTaskRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, assistant, chat_line, user
from tests.helpers.processes import worker_processes
from tests.helpers.shared_data import unpacked
from tests.unit.workspace.conftest import Face


def open_lines(tmp_path: Path, paths: AppPaths, *lines: bytes) -> Workspace:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(lines))
    return Workspace.open_any(source, paths=paths, runner=ImmediateRunner())


_WORKERS = 30
"""Seconds that a busy machine may take to start or to end worker processes."""

GOOD = chat_line(("user", "Where is Rome?"), ("assistant", "In Italy."))
EMPTY = chat_line(("user", "Where is Oslo?"), ("assistant", ""))
STRAY = chat_line(("user", "Where is Lima?"), ("assistant", "In Peru.  "))


@pytest.fixture
def checked(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    workspace = open_lines(tmp_path, paths, GOOD, EMPTY, STRAY, GOOD)
    workspace.lint.start()
    yield workspace
    workspace.close()


def codes(workspace: Workspace, example_id: int) -> set[str]:
    return {found.code for found in workspace.lint.findings_of(example_id)}


def test_a_whole_check(checked: Workspace) -> None:
    first, empty, stray, copy = list_ids(checked)
    assert "Q101" in codes(checked, empty)
    assert "Q105" in codes(checked, stray)
    assert "D201" in codes(checked, first) & codes(checked, copy)
    summary = checked.lint.summary
    assert (summary.checked, summary.total, summary.is_running) == (4, 4, False)
    assert summary.seconds is not None
    counts = checked.lint.rule_counts()
    assert {row.code for row in counts} >= {"Q101", "Q105", "D201", "S701"}
    assert [row.severity.rank for row in counts] == sorted(
        (row.severity.rank for row in counts), reverse=True
    )
    assert len(checked.lint.findings(code="D201")) == 1
    assert checked.lint.findings(limit=1, offset=10_000) == []
    found = rows(checked, [empty])[0]
    assert found.n_findings >= 1
    assert found.worst is not None
    assert found.tokens is not None


def test_queries_see_findings(checked: Workspace) -> None:
    first, empty, stray, copy = list_ids(checked)
    assert list(list_ids(checked, "rule:q101")) == [empty]
    assert list(list_ids(checked, "rule:D201")) == [first, copy]
    assert list(list_ids(checked, "has:fix rule:Q105")) == [stray]
    assert list(list_ids(checked, "-rule:Q -rule:D")) == []
    assert set(list_ids(checked, "tokens:>0")) == {first, empty, stray, copy}
    assert list(list_ids(checked, "answer:0")) == [empty]


def test_an_edit_is_checked_at_once_and_undo_too(checked: Workspace) -> None:
    _, empty, _, copy = list_ids(checked)
    heard: list[Changes] = []
    checked.notifier.subscribe(heard.append)
    checked.perform(messages.set_message_text, empty, 1, "In Norway.")
    assert "Q101" not in codes(checked, empty)
    assert any(c.kinds == {ChangeKind.FINDINGS} and empty in c.example_ids for c in heard)
    checked.undo()
    assert "Q101" in codes(checked, empty)
    checked.perform(messages.set_message_text, copy, 0, "Where is Milan?")
    assert checked.lint.findings(code="D201") == []


def test_deleted_and_new_examples(checked: Workspace) -> None:
    first, empty, _, _ = list_ids(checked)
    checked.perform(examples.delete_examples, IdSet.of([first, empty]))
    assert checked.lint.findings_of(empty) == []
    assert checked.lint.findings(code="D201") == []
    assert checked.lint.summary.checked == 2
    checked.perform(examples.new_example)
    assert "Q101" in codes(checked, list_ids(checked)[-1])
    checked.undo()
    checked.undo()
    assert "Q101" in codes(checked, empty)
    assert len(checked.lint.findings(code="D201")) == 1


def test_edits_are_checked_also_before_any_whole_check(workspace: Workspace) -> None:
    workspace.perform(examples.new_example, a_conversation(user("Hello"), assistant("")))
    assert "Q101" in codes(workspace, list_ids(workspace)[0])


def test_fixes(checked: Workspace) -> None:
    stray = list_ids(checked)[2]
    finding = next(found for found in checked.lint.findings_of(stray) if found.code == "Q105")
    checked.perform(fixes.apply_fix, stray, finding)
    assert get_example(checked, stray).body == STRAY.replace(b"Peru.  ", b"Peru.")
    assert "Q105" not in codes(checked, stray)
    with pytest.raises(StudioError, match="out of date"):
        checked.perform(fixes.apply_fix, stray, finding)
    checked.undo()
    assert get_example(checked, stray).body == STRAY


def test_fix_all_is_one_step(checked: Workspace) -> None:
    stray = list_ids(checked)[2]
    reports: list[fixes.FixReport] = []
    checked.perform(fixes.fix_all, "Q105", done=reports.append)
    assert reports[0].n_examples == 1
    assert reports[0].fixed == {"Q105": reports[0].fixed["Q105"]}
    assert checked.lint.findings(code="Q105") == []
    checked.undo()
    assert "Q105" in codes(checked, stray)
    checked.perform(fixes.fix_all, "L101", done=reports.append)
    assert reports[1].n_examples == 0


def test_set_aside_and_taken_up_again(checked: Workspace) -> None:
    empty = list_ids(checked)[1]
    finding = next(found for found in checked.lint.findings_of(empty) if found.code == "Q101")
    checked.perform(options.suppress, finding, "It is meant.")
    assert "Q101" not in codes(checked, empty)
    assert [(d.code, s.reason) for d, s in checked.lint.set_aside()] == [("Q101", "It is meant.")]
    checked.undo()
    assert "Q101" in codes(checked, empty)


def test_rules_can_be_switched_off_and_graded(checked: Workspace) -> None:
    checked.perform(options.set_rule_enabled, "Q101", False)
    assert checked.lint.findings(code="Q101") == []
    checked.undo()
    checked.perform(options.set_rule_severity, "Q101", Severity.INFO)
    assert {found.severity for found in checked.lint.findings(code="Q101")} == {Severity.INFO}
    checked.perform(options.set_rule_severity, "Q101", None)
    assert {found.severity for found in checked.lint.findings(code="Q101")} != {Severity.INFO}


def test_another_target_judges_anew(tmp_path: Path, paths: AppPaths) -> None:
    extra = chat_line(("user", "a"), ("assistant", "b"), source="book")
    workspace = open_lines(tmp_path, paths, extra)
    workspace.lint.start()
    workspace.perform(options.set_target, "openai:gpt-4.1-mini")
    assert "F006" in codes(workspace, list_ids(workspace)[0])
    workspace.close()
    again = Workspace.open(tmp_path / "data.ftset", paths=paths, runner=ImmediateRunner())
    assert again.target is not None
    assert again.target.profile.id == "openai"
    again.close()


def test_in_threads_edits_during_a_check_are_not_lost(tmp_path: Path, paths: AppPaths, face: Face) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(EMPTY * 400)
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    ids = list_ids(workspace)
    check = workspace.lint.start()
    edits = [workspace.perform(messages.set_message_text, one, 1, f"Answer {one}.") for one in ids[:20]]
    face.until(lambda: check.is_finished and all(edit.is_finished for edit in edits) and not runner.tasks())
    face.run_waiting()
    face.until(lambda: not runner.tasks() and face.calls.empty())
    wrong = [one for one in ids if ("Q101" in codes(workspace, one)) == (one in ids[:20])]
    assert wrong == []
    assert workspace.pending_writes == 0
    assert workspace.close(5)
    runner.close(5)


def test_a_check_can_be_cancelled(tmp_path: Path, paths: AppPaths, face: Face) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(GOOD * 1900)
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    check = workspace.lint.start()
    workspace.lint.stop()
    assert check.wait(_WORKERS)
    assert check.state is TaskState.CANCELLED
    face.run_waiting()
    assert not workspace.lint.is_running
    assert workspace.close(5)
    runner.close(5)
    assert not any(thread.name == "store" for thread in threading.enumerate())


def test_a_dataset_opens_with_its_findings(tmp_path: Path, paths: AppPaths) -> None:
    first = open_lines(tmp_path, paths, GOOD, EMPTY, STRAY, GOOD)
    first.lint.start()
    assert first.lint.keep()
    before = first.lint.findings(limit=100)
    first.close()
    again = Workspace.open(first.path, paths=paths, runner=ImmediateRunner())
    again.lint.start()
    assert again.lint.summary.seconds == 0.0
    assert again.lint.findings(limit=100) == before
    assert [found.fix for found in again.lint.findings(limit=100)] == [found.fix for found in before]
    again.perform(messages.set_message_text, list_ids(again)[1], 1, "In Norway.")
    assert again.lint.findings(code="Q101") == []
    again.close()
    third = Workspace.open(first.path, paths=paths, runner=ImmediateRunner())
    third.lint.start()
    assert third.lint.summary.seconds != 0.0
    assert third.lint.findings(code="Q101") == []
    third.close()


def test_a_kept_check_is_of_one_configuration_and_may_be_damaged(tmp_path: Path, paths: AppPaths) -> None:
    workspace = open_lines(tmp_path, paths, GOOD, EMPTY)
    workspace.lint.start()
    assert workspace.lint.keep()
    assert not workspace.lint.keep()
    path = cache_path(workspace)
    key = key_of(workspace, workspace.lint.config)
    assert load_check(path, key) is not None
    assert load_check(path, "other") is None
    assert key_of(workspace, replace(workspace.lint.config, ignore=("Q101",))) != key
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:200] + b"\0" * 40 + whole[240:]):
        path.write_bytes(damaged)
        assert load_check(path, key) is None
    workspace.close()


@pytest.mark.slow
def test_large_datasets_are_checked_in_workers_and_cancel_is_quick(
    tmp_path: Path, paths: AppPaths, face: Face
) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(unpacked("conversations_20k.jsonl.xz"))
    runner = ThreadTaskRunner(face.calls.put)
    workspace = Workspace.open_any(source, paths=paths, runner=runner)
    check = workspace.lint.start()
    face.until(lambda: check.progress.done > 0 or check.is_finished)
    asked = time.monotonic()
    workspace.lint.stop()
    assert check.wait(_WORKERS)
    stopping = time.monotonic() - asked
    asked = time.monotonic()
    again = workspace.lint.start()
    assert again.wait(2 * _WORKERS)
    assert stopping < time.monotonic() - asked, "a busy machine is slow at both"
    face.run_waiting()
    assert workspace.lint.summary.checked == 20_000
    assert len(worker_processes()) == 2
    assert workspace.close(_WORKERS)
    runner.close(_WORKERS)
    assert worker_processes() == set()


NEAR = [
    chat_line(
        ("user", f"Which river runs through the old town and where does it rise in {town}?"),
        ("assistant", "The Tiber. It rises on Mount Fumaiolo, far inland."),
    )
    for town in ("Rome", "Rome today", "Rome now")
]


@pytest.fixture
def near(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    workspace = open_lines(tmp_path, paths, *NEAR, GOOD)
    workspace.lint.start()
    yield workspace
    workspace.close()


def test_options_are_tried_without_reading_an_example(
    near: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = list(list_ids(near))
    monkeypatch.setattr(ExampleStore, "bodies", None)
    monkeypatch.setattr(ExampleStore, "rows", None)
    assert near.lint.try_options("D202", {"threshold": 1.0}) == []
    (loose,) = near.lint.try_options("D202", {"threshold": 0.5})
    assert [loose.location.example, *(other.example for other in loose.related)] == ids[:3]
    assert all(0.5 <= other.similarity < 1.0 for other in loose.related)
    asked = near.lint.try_options("D202", {"threshold": 0.5, "scope": Compared.QUESTIONS})
    assert [one.location.example for one in asked] == ids[:1]
    assert near.lint.findings(code="D202") == []
    assert "D202.threshold" not in near.lint.config.options


def test_what_is_tried_is_what_is_found_when_it_is_set(near: Workspace) -> None:
    tried = near.lint.try_options("D202", {"threshold": 0.6})
    near.perform(options.set_rule_option, "D202", "threshold", 0.6)
    assert near.lint.findings(code="D202") == tried
    near.perform(options.suppress, tried[0], "meant")
    assert near.lint.try_options("D202", {"threshold": 0.6}) == []


def test_trials_follow_tags_and_edits(near: Workspace) -> None:
    first, second, third, _ = list_ids(near)
    wanted = {"share": 1.0, "examples": 2}
    assert near.lint.try_options("B404", wanted) == []
    near.perform(tags.add_tag, IdSet.of([first, second]), "easy")
    near.perform(tags.add_tag, IdSet.of([third]), "hard")
    (rare,) = near.lint.try_options("B404", wanted)
    assert rare.arguments["tag"] == "hard"
    near.perform(examples.delete_examples, IdSet.of([second]))
    (pair,) = near.lint.try_options("D202", {"threshold": 0.5})
    assert [pair.location.example, *(other.example for other in pair.related)] == [first, third]


def test_findings_lag_until_the_rules_ran_under_other_options(
    near: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LintRuns, "judge_dataset", lambda *_: None)
    assert not near.lint.lags("D202")
    near.perform(options.set_rule_option, "D202", "threshold", 0.6)
    assert near.lint.lags("D202")
    assert not near.lint.lags("D203")
    assert near.lint.findings(code="D202") == []
    assert len(near.lint.try_options("D202", {})) == 1
    near.undo()
    assert not near.lint.lags("D202")


def test_without_a_check_nothing_is_found_by_trying(tmp_path: Path, paths: AppPaths) -> None:
    workspace = open_lines(tmp_path, paths, *NEAR)
    assert workspace.lint.try_options("D202", {"threshold": 0.5}) == []
    workspace.close()


def test_a_threshold_that_is_kept_reads_no_example(near: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    assert near.lint.findings(code="D202") == []
    monkeypatch.setattr(LintRuns, "check_all", None)
    near.perform(options.set_rule_option, "D202", "threshold", 0.6)
    assert len(near.lint.findings(code="D202")) == 1
    near.undo()
    assert near.lint.findings(code="D202") == []
    near.perform(options.set_rule_enabled, "R801", False)
    near.perform(options.set_rule_severity, "D201", Severity.INFO)
    assert near.lint.summary.checked == 4


def test_another_target_reads_what_it_may_judge_otherwise(
    tmp_path: Path, paths: AppPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = chat_line(("user", "Where is Bern?"), ("assistant", "In Switzerland."), source="book")
    workspace = open_lines(tmp_path, paths, GOOD, EMPTY, STRAY, extra)
    workspace.lint.start()
    last = list(list_ids(workspace))[-1]
    before = workspace.lint.findings_of(last)
    read: list[int] = []

    def jobs_of_read(store: ExampleStore, ids: Sequence[int]) -> Iterator[Bodies]:
        read.extend(ids)
        return jobs_of_ids(store, ids)

    monkeypatch.setattr("finetune_studio.workspace.lint_jobs.jobs_of_ids", jobs_of_read)
    monkeypatch.setattr(LintRuns, "check_all", None)
    workspace.perform(options.set_target, "openai:gpt-4.1-mini")
    assert workspace.lint.findings_of(last) != before
    assert "F006" in codes(workspace, last)
    assert read == [last]
    workspace.undo()
    assert workspace.lint.findings_of(last) == before
    workspace.close()
