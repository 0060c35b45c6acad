"""Splits are worked out before anything changes, and then written as one step."""

from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.lint.facts import SPLITS
from finetune_studio.lint.strata import Stratify
from finetune_studio.workspace.operations import splits, tags
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.split_plan import SplitChoices, plan_splits
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, assistant, user
from tests.unit.workspace.adding import add

_HALVES = {Split.TRAIN: 0.5, Split.VALIDATION: 0.5}


def _filled(workspace: Workspace, count: int) -> list[int]:
    return [add(workspace, a_conversation(user(f"question {n}?"), assistant(f"{n}"))) for n in range(count)]


def _split_of(workspace: Workspace, example_id: int) -> Split | None:
    return get_example(workspace, example_id).split


def test_a_plan_changes_nothing_and_tells_sizes(workspace: Workspace) -> None:
    ids = _filled(workspace, 40)
    workspace.perform(tags.add_tag, IdSet.of(ids[:10]), "rare")
    plan = plan_splits(workspace, SplitChoices(_HALVES, 7, Stratify.TAG))
    assert all(_split_of(workspace, example_id) is None for example_id in ids)
    assert plan.strata_names == ("", "rare")
    assert plan.counts()[1, :2].tolist() == [5, 5]
    assert sum(plan.sizes.values()) == plan.groups == 40
    assert plan.moved == 40
    assert plan.leaks == 0
    assert plan.tokens_of(Split.TRAIN) + plan.tokens_of(Split.VALIDATION) == int(plan.tokens.sum())
    workspace.perform(splits.apply_split_plan, SplitChoices(_HALVES, 7, Stratify.TAG), plan)
    found = {example_id: _split_of(workspace, example_id) for example_id in ids}
    assert [SPLITS.index(found[key]) for key in plan.keys.tolist()] == plan.after.tolist()
    workspace.undo()
    assert all(_split_of(workspace, example_id) is None for example_id in ids)


def test_what_is_assigned_can_be_kept(workspace: Workspace) -> None:
    ids = _filled(workspace, 30)
    workspace.perform(splits.assign_splits, _HALVES, 1)
    before = {example_id: _split_of(workspace, example_id) for example_id in ids}
    more = _filled(workspace, 10)
    shares = {Split.TRAIN: 0.1, Split.VALIDATION: 0.9}
    plan = plan_splits(workspace, SplitChoices(shares, 2, keep=True))
    assert plan.moved <= len(more)
    assert plan_splits(workspace, SplitChoices(shares, 2)).moved > len(more)
    workspace.perform(splits.assign_splits, shares, 2, keep=True)
    assert {example_id: _split_of(workspace, example_id) for example_id in ids} == before
    assert all(_split_of(workspace, example_id) for example_id in more)


def test_copies_that_were_pinned_apart_are_counted_as_a_leak(workspace: Workspace) -> None:
    same = [add(workspace, a_conversation(user("same"), assistant("same"))) for _ in range(2)]
    _filled(workspace, 5)
    workspace.perform(splits.set_split, IdSet.of(same[:1]), Split.TRAIN)
    workspace.perform(splits.set_split, IdSet.of(same[1:]), Split.VALIDATION)
    plan = plan_splits(workspace, SplitChoices(_HALVES))
    assert plan.leaks == 1
    workspace.perform(splits.apply_split_plan, SplitChoices(_HALVES), plan)
    assert _split_of(workspace, same[0]) is Split.TRAIN
    assert get_example(workspace, same[0]).split_pinned
