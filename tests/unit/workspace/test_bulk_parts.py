"""Changes of very many examples: in parts, as one step, and all taken back by a cancel."""

from array import array
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import CancelledError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.workspace.operations import examples, parts, review, splits, tags
from finetune_studio.workspace.queries.examples import list_ids, recent_steps, rows
from finetune_studio.workspace.task import TaskContext, TaskHandle
from finetune_studio.workspace.workspace import Workspace

OPERATIONS: list[Callable[..., Changes]] = [
    lambda workspace, ids, context=None: review.set_status(workspace, ids, ReviewState.REJECTED, context),
    lambda workspace, ids, context=None: tags.add_tag(workspace, ids, "new", context),
    lambda workspace, ids, context=None: tags.remove_tag(workspace, ids, "old", context),
    lambda workspace, ids, context=None: splits.set_split(workspace, ids, Split.TEST, True, context),
    examples.delete_examples,
]
NAMES = ["status", "add tag", "remove tag", "split", "delete"]


@given(st.sets(st.integers(1, 300)), st.integers(1, 40))
def test_parts_are_the_whole_in_order(wanted: set[int], size: int) -> None:
    before, parts.PART = parts.PART, size
    try:
        found = list(parts.in_parts(IdSet.of(wanted), None))
    finally:
        parts.PART = before
    assert [each for part in found for each in part] == sorted(wanted)
    assert all(len(part) == size for part in found[:-1])


@given(st.lists(st.integers(1, 200), min_size=1))
def test_a_set_of_many_is_the_set_of_few(ids: list[int]) -> None:
    before, parts.PART = parts.PART, 0
    try:
        assert parts.set_of(array("q", ids)) == IdSet.of(ids)
    finally:
        parts.PART = before


def looks(workspace: Workspace) -> list[tuple[object, ...]]:
    return [(row.id, row.status, row.tags, row.split) for row in rows(workspace, list_ids(workspace))]


@pytest.fixture
def filled(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(parts, "PART", 4)
    for number in range(11):
        examples.new_example(workspace, status=ReviewState.DRAFT if number % 3 else ReviewState.APPROVED)
    tags.add_tag(workspace, IdSet.of([1, 2, 5, 9]), "old")
    return workspace


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_a_change_in_parts_is_one_step(filled: Workspace, operation: Callable[..., Changes]) -> None:
    before, n_steps = looks(filled), len(recent_steps(filled))
    told: list[int] = []
    handle = TaskHandle("change")
    context = TaskContext(handle, lambda: told.append(handle.progress.done), lambda _: None)
    changes = operation(filled, IdSet.range(1, 11), context=context)
    after = looks(filled)
    assert after != before
    assert changes.example_ids
    assert len(recent_steps(filled)) == n_steps + 1
    assert told
    filled.undo()
    assert looks(filled) == before
    filled.redo()
    assert looks(filled) == after


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_a_cancel_takes_all_of_it_back(filled: Workspace, operation: Callable[..., Changes]) -> None:
    before, n_steps = looks(filled), len(recent_steps(filled))
    handle = TaskHandle("change")
    context = TaskContext(handle, handle.cancel, lambda _: None)  # The first report cancels.
    with pytest.raises(CancelledError):
        operation(filled, IdSet.range(1, 11), context=context)
    assert looks(filled) == before
    assert len(recent_steps(filled)) == n_steps
