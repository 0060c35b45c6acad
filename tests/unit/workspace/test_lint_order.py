"""After any sequence of changes the findings about the dataset are those of a fresh check."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths, app_paths
from finetune_studio.workspace.operations import examples, messages, options, splits
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

_LONG = (
    "The lighthouse of the old harbour was built of grey stone in the year of the great storm, and its lamp "
    "has turned every night since then, but for the three winters in which nobody could bring oil to it"
)


def _tool(description: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "look_up", "description": description}}


LINES = (
    chat_line(("user", "Where is Rome?"), ("assistant", "In Italy.")),
    chat_line(("user", "Where is Rome?"), ("assistant", "In Italy.")),
    chat_line(("user", "Where is Rome?"), ("assistant", "In Latium.")),
    chat_line(("user", "Tell of it."), ("assistant", f"{_LONG}.")),
    chat_line(("user", "Tell of it."), ("assistant", f"{_LONG}, as they say.")),
    chat_line(("user", "Tell of it."), ("assistant", f"{_LONG}, or so one reads.")),
    chat_line(("user", "Tell of it."), ("assistant", f"{_LONG}.")),
    chat_line(("user", "Who knows?"), ("assistant", "I do."), tools=[_tool("Looks a word up.")]),
    chat_line(("user", "Who knows that?"), ("assistant", "You do."), tools=[_tool("Finds words.")]),
)


def _open(folder: Path, paths: AppPaths) -> Workspace:
    source = folder / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    workspace.lint.start()
    return workspace


def _of_dataset(workspace: Workspace) -> list[Diagnostic]:
    return [found for found in workspace.lint.findings(limit=10_000) if found.code[0] in "DSTB"]


def _is_as_fresh(workspace: Workspace) -> None:
    found = _of_dataset(workspace)
    workspace.lint.start()
    assert found == _of_dataset(workspace)


def _delete(workspace: Workspace, at: int, to: int) -> None:
    ids = list_ids(workspace)
    chosen = {ids[at % len(ids)], ids[to % len(ids)]} if ids else set()
    workspace.perform(examples.delete_examples, IdSet.of(chosen))


def _move(workspace: Workspace, at: int, to: int) -> None:
    ids = [*list_ids(workspace)]
    if ids:
        workspace.perform(examples.move_example, ids[at % len(ids)], [*ids, None][to % (len(ids) + 1)])


def _copy(workspace: Workspace, at: int, _to: int) -> None:
    ids = list_ids(workspace)
    if ids:
        workspace.perform(examples.duplicate_example, ids[at % len(ids)])


def _edit(workspace: Workspace, at: int, to: int) -> None:
    ids = list_ids(workspace)
    if ids:
        answer = ("In Italy.", f"{_LONG}.", f"{_LONG}, I heard.")[to % 3]
        workspace.perform(messages.set_message_text, ids[at % len(ids)], 1, answer)


def _assign(workspace: Workspace, at: int, to: int) -> None:
    ids = list_ids(workspace)
    if ids:
        split = (Split.TRAIN, Split.VALIDATION, Split.TEST)[to % 3]
        workspace.perform(splits.set_split, IdSet.of([ids[at % len(ids)]]), split)


def _undo(workspace: Workspace, _at: int, _to: int) -> None:
    if workspace.history.can_undo:
        workspace.undo()


def _redo(workspace: Workspace, _at: int, _to: int) -> None:
    if workspace.history.can_redo:
        workspace.redo()


Deed = tuple[Callable[[Workspace, int, int], None], int, int]
_DEEDS = st.tuples(
    st.sampled_from([_delete, _undo, _redo, _move, _copy, _edit, _assign]),
    st.integers(0, 11),
    st.integers(0, 11),
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(_DEEDS, min_size=1, max_size=7))
def test_findings_are_those_of_a_fresh_check(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[Deed]
) -> None:
    workspace = _open(tmp_path_factory.mktemp("dataset"), app_paths())
    try:
        for deed, at, to in deeds:
            deed(workspace, at, to)
        _is_as_fresh(workspace)
    finally:
        workspace.close()


@pytest.fixture
def opened(tmp_path: Path, paths: AppPaths) -> Any:
    workspace = _open(tmp_path, paths)
    yield workspace
    workspace.close()


@pytest.mark.parametrize("first", [0, 3])
def test_the_first_of_a_group_comes_back_as_the_first(opened: Workspace, first: int) -> None:
    found = _of_dataset(opened)
    _delete(opened, first, first)
    assert _of_dataset(opened) != found
    opened.undo()
    assert _of_dataset(opened) == found
    assert opened.lint.facts is not None
    assert opened.lint.facts.columns.key.tolist() == [*list_ids(opened)]


def test_a_group_that_is_meant_stays_set_aside_when_its_first_comes_back(opened: Workspace) -> None:
    group = opened.lint.findings(code="D202")[0]
    opened.perform(options.suppress, group, reason="Meant")
    assert opened.lint.findings(code="D202") == []
    _delete(opened, 3, 3)
    opened.undo()
    assert opened.lint.findings(code="D202") == []
    assert [found for found, _ in opened.lint.set_aside()] == [group]


def test_what_moves_before_its_group_is_its_first(opened: Workspace) -> None:
    ids = [*list_ids(opened)]
    _move(opened, 6, 0)
    (copies, others) = opened.lint.findings(code="D201")
    assert (copies.location.example, others.location.example) == (ids[6], ids[0])
    (near,) = opened.lint.findings(code="D202")
    assert near.location.example == ids[6]
