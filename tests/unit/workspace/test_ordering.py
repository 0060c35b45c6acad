"""The order of a list: by what the checks found, at random but stable, in groups."""

from array import array
from collections.abc import Sequence
from itertools import pairwise

import pytest

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import Conversation, PreferencePair, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.message import Message, Role
from finetune_studio.domain.split import Split
from finetune_studio.workspace.operations import examples, review, splits, tags
from finetune_studio.workspace.operations.messages import set_message_text
from finetune_studio.workspace.operations.saved_filters import (
    delete_filter,
    rename_filter,
    save_filter,
    saved_filters,
)
from finetune_studio.workspace.queries import large_order
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.ordering import Grouping, Order, Sort, groups_of
from finetune_studio.workspace.workspace import Workspace

BRIEF = Message(Role.SYSTEM, "Be  brief.\nAlways.")


def fill(workspace: Workspace, count: int, system: Sequence[Message] = ()) -> list[int]:
    made = []
    for number in range(count):
        record = Conversation(
            (
                *system,
                Message(Role.USER, f"Question {number}"),
                Message(Role.ASSISTANT, "Yes. " * (number + 1)),
            )
        )
        made += examples.new_example(workspace, record).example_ids
    return made


def groups(workspace: Workspace, grouping: Grouping) -> list[tuple[str, list[int]]]:
    found = groups_of(workspace, list_ids(workspace), grouping)
    return [(group.label, list(group.ids)) for group in found]


def test_random_is_stable_and_no_order_of_ids(workspace: Workspace) -> None:
    ids = fill(workspace, 60)
    order = Order(Sort.RANDOM, seed=3)
    shown = list(list_ids(workspace, order=order))
    assert sorted(shown) == ids
    assert shown != ids
    steps = {after - before for before, after in pairwise(shown)}
    assert len(steps) > 30
    assert shown != list(list_ids(workspace, order=Order(Sort.RANDOM, seed=4)))
    examples.delete_examples(workspace, IdSet.of(shown[5:20]))
    assert list(list_ids(workspace, order=order)) == shown[:5] + shown[20:]


def test_tokens_in_both_directions(workspace: Workspace) -> None:
    ids = fill(workspace, 12)
    assert list(list_ids(workspace, order=Order(Sort.TOKENS))) == ids
    workspace.lint.start()
    assert list(list_ids(workspace, order=Order(Sort.TOKENS))) == ids
    assert list(list_ids(workspace, order=Order(Sort.TOKENS, True))) == ids[::-1]


def test_many_are_ordered_as_few(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = fill(workspace, 40)
    for number, example_id in enumerate(ids[::3]):
        review.set_status(workspace, IdSet.of([example_id]), list(ReviewState)[number % 4])
    for example_id in (ids[7], ids[3], ids[20]):
        set_message_text(workspace, example_id, 0, "Changed?")
    examples.move_example(workspace, ids[30], ids[2])
    examples.delete_examples(workspace, IdSet.of(ids[10:12]))
    orders = [
        Order(sort, descending, seed)
        for sort in (Sort.STATUS, Sort.EDITED, Sort.RANDOM, Sort.POSITION)
        for descending in (False, True)
        for seed in (1, 2)
    ]
    for query in ("", "-is:draft", "nothing"):
        few = [list(list_ids(workspace, query, order)) for order in orders]
        with monkeypatch.context() as patch:
            patch.setattr(large_order, "LARGE", -1)
            assert [list(list_ids(workspace, query, order)) for order in orders] == few


def test_groups_by_tag_take_the_first_by_name(workspace: Workspace) -> None:
    ids = fill(workspace, 4)
    tags.add_tag(workspace, IdSet.of(ids[:2]), "moon")
    tags.add_tag(workspace, IdSet.of(ids[1:3]), "Astronomy")
    assert groups(workspace, Grouping.TAG) == [
        ("Astronomy", ids[1:3]),
        ("moon", ids[:1]),
        ("No tag", ids[3:]),
    ]


def test_groups_by_prompt_the_frequent_first(workspace: Workspace) -> None:
    bare = fill(workspace, 1)
    brief = fill(workspace, 3, (BRIEF,))
    pair = PreferencePair(
        Conversation((BRIEF, Message(Role.USER, "Well?"))),
        (Message(Role.ASSISTANT, "a"),),
        (Message(Role.ASSISTANT, "b"),),
    )
    brief += examples.new_example(workspace, pair).example_ids
    other = fill(workspace, 1, (Message(Role.SYSTEM, "Be long."),))
    assert groups(workspace, Grouping.PROMPT) == [
        ("Be brief. Always.", brief),
        ("Be long.", other),
        ("No system prompt", bare),
    ]


def test_groups_by_split_in_the_order_of_use(workspace: Workspace) -> None:
    ids = fill(workspace, 3)
    splits.set_split(workspace, IdSet.of(ids[:1]), Split.TEST)
    splits.set_split(workspace, IdSet.of(ids[1:2]), Split.TRAIN)
    assert [label for label, _ in groups(workspace, Grouping.SPLIT)] == ["Train", "Test", "In no split"]
    assert groups_of(workspace, array("q"), Grouping.SPLIT) == []


def test_a_filter_is_kept_renamed_and_deleted_and_each_can_be_undone(workspace: Workspace) -> None:
    order = Order(Sort.TOKENS, True, grouping=Grouping.TAG)
    save_filter(workspace, " To  check ", "is:draft ", order)
    save_filter(workspace, "Long", "tokens:>500")
    found = saved_filters(workspace)
    assert [(each.name, each.query) for each in found] == [("To check", "is:draft"), ("Long", "tokens:>500")]
    assert found[0].order == order
    rename_filter(workspace, "Long", "Very long")
    with pytest.raises(UsageError):
        rename_filter(workspace, "Very long", "To check")
    delete_filter(workspace, "To check")
    assert [each.name for each in saved_filters(workspace)] == ["Very long"]
    workspace.undo()
    workspace.undo()
    assert [each.name for each in saved_filters(workspace)] == ["To check", "Long"]
    save_filter(workspace, "Long", "tokens:>900")
    assert [each.query for each in saved_filters(workspace)] == ["is:draft", "tokens:>900"]
    with pytest.raises(UsageError):
        delete_filter(workspace, "Very long")
    with pytest.raises(UsageError):
        save_filter(workspace, "  ", "x")
