"""The verdict and its lines follow the findings of the dataset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations import examples, messages, options, review, splits
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.readiness import Readiness, ReadinessLine, readiness
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


def _line(number: int) -> bytes:
    return chat_line(("user", f"What is {number} and {number}?"), ("assistant", f"It is {2 * number}."))


@pytest.fixture
def opened(tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(map(_line, range(60))))
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    yield workspace
    workspace.close()


def _find(workspace: Workspace, part: str) -> ReadinessLine:
    lines = readiness(workspace).lines
    return next(line for line in lines if part in line.text)


def test_an_empty_dataset_says_so(workspace: Workspace) -> None:
    assert readiness(workspace).state is Readiness.EMPTY


def test_before_the_first_check_nothing_is_claimed(opened: Workspace) -> None:
    report = readiness(opened)
    assert report.state is Readiness.CHECKING
    assert report.lines == ()


def test_a_good_dataset_is_ready(opened: Workspace) -> None:
    opened.lint.start()
    report = readiness(opened)
    assert report.state is Readiness.READY
    assert report.title == "Ready to train"
    assert 5 <= len(report.lines) <= 8
    assert _find(opened, "Format valid for any provider").severity == "success"
    assert _find(opened, "60 examples to train on (at least 10)").severity == "success"
    assert _find(opened, "Longest example").view == "length"
    assert _find(opened, "No secrets").severity == "success"
    assert _find(opened, "No exact duplicates").severity == "success"
    assert _find(opened, "No validation split").code == "S703"
    assert _find(opened, "None approved yet").view == "review"


def test_errors_stand_in_the_way(opened: Workspace) -> None:
    ids = list_ids(opened)
    opened.lint.start()
    key = "sk-proj-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A"
    opened.perform(messages.set_message_text, ids[4], 1, f"The key is {key}.")
    opened.perform(messages.set_message_role, ids[7], 0, "narrator")
    report = readiness(opened)
    assert report.state is Readiness.NOT_READY
    assert _find(opened, "1 secret in example 5").severity == "error"
    form = _find(opened, "format error")
    assert form.severity == "error"
    assert form.code == "F007"
    opened.undo()
    opened.undo()
    assert readiness(opened).state is Readiness.READY


def test_only_what_a_service_cannot_read_is_a_format_error(opened: Workspace) -> None:
    ids = list_ids(opened)
    opened.lint.start()
    opened.perform(messages.set_message_text, ids[4], 1, "So  many spaces.")
    opened.perform(options.set_rule_severity, "Q105", Severity.ERROR)
    assert readiness(opened).state is Readiness.NOT_READY
    assert _find(opened, "Format valid").severity == "success"
    (line,) = [line for line in readiness(opened).lines if line.severity == "error"]
    assert (line.text, line.code) == ("Stray white space: 1 error", "Q105")
    opened.perform(options.set_rule_severity, "Q101", Severity.ERROR)
    opened.perform(messages.set_message_text, ids[5], 1, "")
    (line,) = [line for line in readiness(opened).lines if line.severity == "error"]
    assert line.text == "2 other errors in 2 examples"


def test_copies_splits_and_review_are_told(opened: Workspace) -> None:
    ids = list_ids(opened)
    opened.perform(examples.duplicate_example, ids[0])
    opened.perform(splits.set_split, IdSet.of(ids[:6]), Split.VALIDATION)
    opened.perform(review.set_status, IdSet.of(ids), ReviewState.APPROVED)
    opened.perform(review.set_status, IdSet.of(ids[50:]), ReviewState.REJECTED)
    opened.lint.start()
    assert _find(opened, "1 group of exact duplicates").code == "D201"
    assert _find(opened, "1 group of copies in two splits").code == "S704"
    assert _find(opened, "45 examples to train on").code == "S702"
    assert _find(opened, "50 of 51 approved yet").code == "S708"


def test_the_target_is_named_and_its_limit(opened: Workspace) -> None:
    opened.perform(options.set_target, "openai:gpt-4.1-mini")
    opened.lint.start()
    assert _find(opened, "Format valid for GPT-4.1 mini, supervised").severity == "success"
    assert _find(opened, "Every example fits in 65,536 tokens").severity == "success"


def test_lines_that_could_not_be_read_come_first(tmp_path: Path, paths: AppPaths) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_bytes(_line(1) + b'{"messages": [\n' + _line(2))
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    workspace.lint.start()
    report = readiness(workspace)
    assert report.lines[0].text == "1 line could not be read"
    assert report.lines[0].view == "unreadable"
    assert report.state is Readiness.NOT_READY
    workspace.close()
