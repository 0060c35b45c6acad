"""Decisions about groups as operations: one step each, and nothing where there is nothing to do."""

from pathlib import Path

import pytest

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import groups, splits, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    source = tmp_path / "data.jsonl"
    source.write_bytes(chat_line(("user", "Hi."), ("assistant", "Hello.")) * 4)
    return Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())


def test_tags_of_all_go_to_all(workspace: Workspace) -> None:
    first, second, third, other = list_ids(workspace)
    workspace.perform(tags.add_tag, IdSet.of([first]), "a")
    workspace.perform(tags.add_tag, IdSet.of([second, other]), "b")
    workspace.perform(groups.merge_tags, [first, second, third])
    assert [get_example(workspace, each).tags for each in (first, second, third)] == [("a", "b")] * 3
    assert get_example(workspace, other).tags == ("b",)
    label = workspace.history.undo_label
    assert label is not None
    assert label_text(label) == "Merge the tags of 3 examples"
    workspace.perform(groups.merge_tags, [first, second])
    workspace.undo()
    assert get_example(workspace, third).tags == (), "the second merge changed nothing, so it was no step"
    workspace.close()


def test_all_go_where_one_is_and_stay_there(workspace: Workspace) -> None:
    first, second, third, _ = list_ids(workspace)
    workspace.perform(splits.set_split, IdSet.of([second]), Split.VALIDATION)
    workspace.perform(groups.join_split, [first, second, third], second)
    assert {get_example(workspace, each).split for each in (first, second, third)} == {Split.VALIDATION}
    workspace.perform(splits.assign_splits, {Split.TRAIN: 1.0})
    assert get_example(workspace, first).split is Split.VALIDATION, "it is pinned"
    workspace.undo()
    workspace.undo()
    assert get_example(workspace, first).split is None
    workspace.perform(groups.join_split, [first, second], first)
    assert get_example(workspace, second).split is Split.TRAIN, "what is in no split trains"
    workspace.close()
