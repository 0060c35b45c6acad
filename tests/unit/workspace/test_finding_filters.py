"""Which findings a filter lets through, and what is new since a version."""

from collections import Counter
from pathlib import Path

import pytest

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.operations import examples, fixes, messages, options, review, splits, versions
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.queries.findings import FindingFilter, filtered_findings
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

LINES = (
    chat_line(("user", "Where is Lima?"), ("assistant", "In  Peru, of course. ")),
    chat_line(("user", "Where is Oslo?"), ("assistant", " In Norway.")),
    chat_line(("user", "Where is Rome?"), ("assistant", "In Italy.")),
    chat_line(("user", "Where is Bonn?"), ("assistant", "TODO  later")),
)


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    return workspace


def _codes(workspace: Workspace, wanted: FindingFilter) -> Counter[str]:
    return Counter(one.code for one in filtered_findings(workspace, wanted) if one.code[0] == "Q")


def test_severity_split_and_state(checked: Workspace) -> None:
    ids = list_ids(checked)
    checked.perform(splits.set_split, IdSet.of([ids[0]]), Split.VALIDATION)
    checked.perform(review.set_status, IdSet.of([ids[1]]), ReviewState.APPROVED)
    assert _codes(checked, FindingFilter()) == {"Q105": 4, "Q102": 1}
    assert _codes(checked, FindingFilter(split="validation")) == {"Q105": 2}
    assert _codes(checked, FindingFilter(split="none")) == {"Q105": 2, "Q102": 1}
    assert _codes(checked, FindingFilter(status=ReviewState.APPROVED)) == {"Q105": 1}
    assert _codes(checked, FindingFilter(split="validation", status=ReviewState.APPROVED)) == {}
    only = filtered_findings(checked, FindingFilter(severities=frozenset({Severity.INFO})))
    assert {one.severity for one in only} == {Severity.INFO}
    about_all = [one for one in checked.lint.findings(limit=1000) if one.location.example is None]
    assert about_all, "there is something to say of a dataset this small"
    assert all(one.location.example for one in filtered_findings(checked, FindingFilter(split="none")))
    checked.close()


def test_new_since_a_version(checked: Workspace) -> None:
    ids = list_ids(checked)
    checked.perform(versions.name_version, "First")
    wanted = FindingFilter(since=1)
    assert filtered_findings(checked, wanted) == []
    checked.perform(messages.set_message_text, ids[0], 1, "In  Peru, of  course. ")
    assert _codes(checked, wanted) == {"Q105": 1}, "two of the three were there before"
    checked.perform(messages.set_message_text, ids[2], 1, "In Italy. ")
    assert _codes(checked, wanted) == {"Q105": 2}
    checked.perform(examples.duplicate_example, ids[3])
    assert _codes(checked, wanted) == {"Q105": 3, "Q102": 1}
    checked.undo()
    checked.undo()
    checked.undo()
    assert _codes(checked, wanted) == {}
    checked.close()


def _of_dataset(workspace: Workspace, wanted: FindingFilter) -> Counter[str]:
    found = (one.code for one in filtered_findings(workspace, wanted) if one.code[0] in "BDS")
    return Counter(found)


def _settled(workspace: Workspace) -> None:
    """Run the dataset rules now: they wait for a pause after an edit."""
    workspace.lint.start()


def test_what_is_new_about_the_dataset(checked: Workspace) -> None:
    ids = list_ids(checked)
    checked.perform(examples.duplicate_example, ids[0])
    checked.perform(splits.set_split, IdSet.of([ids[1]]), Split.VALIDATION)
    _settled(checked)
    checked.perform(versions.name_version, "First")
    wanted = FindingFilter(since=1)
    assert _of_dataset(checked, FindingFilter())["D201"] == 1
    assert _of_dataset(checked, wanted) == {}, "all was there"
    checked.perform(examples.duplicate_example, ids[2])
    checked.perform(splits.set_split, IdSet.of([ids[1]]), None)
    _settled(checked)
    assert _of_dataset(checked, wanted)["D201"] == 1, "the first copy was there"
    assert _of_dataset(checked, wanted)["S703"] == 1, "there is no validation split any more"
    assert _of_dataset(checked, FindingFilter())["S701"] == 1
    assert _of_dataset(checked, wanted)["S701"] == 0, "too few, now as then, though the number is another"
    copies = [key for key in list_ids(checked) if key not in ids]
    checked.perform(examples.delete_examples, IdSet.of(copies))
    checked.perform(examples.duplicate_example, ids[0])
    checked.perform(examples.duplicate_example, ids[0])
    _settled(checked)
    assert _of_dataset(checked, wanted)["D201"] == 1, "its copies are others than then"
    checked.close()


def test_the_fixes_of_some_findings_only(checked: Workspace) -> None:
    ids = list_ids(checked)
    own = [one for one in checked.lint.findings("Q105") if one.location.example == ids[0]]
    found = sorted(own, key=lambda one: one.location.start or 0)
    assert len(found) == 2
    before = get_example(checked, ids[0]).body
    reports: list[fixes.FixReport] = []
    checked.perform(fixes.apply_each, found[:1], done=reports.append)
    assert b'"In Peru, of course. "' in get_example(checked, ids[0]).body
    assert reports[0].fixed == {"Q105": 1}
    checked.perform(fixes.apply_each, found[:1], done=reports.append)
    assert reports[1].n_examples == 0, "the finding is gone"
    checked.undo()
    assert get_example(checked, ids[0]).body == before
    everything = [one for one in checked.lint.findings(limit=1000) if one.fix is not None]
    checked.perform(fixes.apply_each, everything, done=reports.append)
    assert reports[2].n_examples == 3
    assert checked.lint.findings("Q105") == []
    checked.undo()
    assert get_example(checked, ids[0]).body == before
    checked.close()


def test_several_are_set_aside_in_one_step(checked: Workspace) -> None:
    found = checked.lint.findings("Q105")
    checked.perform(options.suppress_each, found[1:], "Quoted", False)
    rows = checked.examples().suppressions()
    assert {row.reason for row in rows} == {"Quoted"}
    checked.perform(options.unsuppress_each, [row.id for row in rows])
    assert len(checked.lint.findings("Q105")) == 4
    checked.undo()
    checked.undo()
    assert checked.examples().suppressions() == []
    assert len(checked.lint.findings("Q105")) == 4
    checked.close()
