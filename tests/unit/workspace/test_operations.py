"""Operations: what changes, what stays, how undo names it."""

import json
from typing import Any

import pytest

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.domain.example import Conversation, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import examples, messages, options, review, splits, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, a_pair, assistant, system, user
from tests.unit.workspace.adding import add


def value(workspace: Workspace, example_id: int) -> Any:
    return json.loads(get_example(workspace, example_id).body)


def contents(workspace: Workspace, example_id: int) -> list[Any]:
    return [message["content"] for message in value(workspace, example_id)["messages"]]


def test_a_new_example_is_an_empty_question_and_answer(workspace: Workspace) -> None:
    example = get_example(workspace, add(workspace))
    assert isinstance(example.record, Conversation)
    assert [(m.role, m.content) for m in example.record.messages] == [("user", ""), ("assistant", "")]
    assert example.status is ReviewState.DRAFT
    assert example.body.endswith(b"\n")


def test_new_examples_stand_where_they_were_wanted(workspace: Workspace) -> None:
    first, last = add(workspace), add(workspace)
    middle = add(workspace, after_id=first, tags=("geo", "short"))
    assert list(list_ids(workspace)) == [first, middle, last]
    assert get_example(workspace, middle).tags == ("geo", "short")
    workspace.perform(examples.move_example, first, None)
    assert list(list_ids(workspace)) == [middle, last, first]
    workspace.perform(examples.duplicate_example, middle)
    copy = list_ids(workspace)[1]
    assert get_example(workspace, copy).body == get_example(workspace, middle).body
    assert get_example(workspace, copy).tags == ("geo", "short")


def test_text_is_written_and_nothing_else(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(system("s"), user("u"), assistant("a", weight=0)))
    before = get_example(workspace, example_id).body
    workspace.perform(messages.set_message_text, example_id, 1, 'café "x"\n')
    after = get_example(workspace, example_id).body
    assert after == before.replace(b'"content": "u"', '"content": "café \\"x\\"\\n"'.encode())
    workspace.undo()
    assert get_example(workspace, example_id).body == before
    assert workspace.history.redo_label is not None
    assert label_text(workspace.history.redo_label) == "Edit message"


def test_typing_on_is_one_step(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a")))
    for text in ("P", "Pa", "Par"):
        workspace.perform(messages.set_message_text, example_id, 1, text)
    workspace.undo()
    assert contents(workspace, example_id) == ["u", "a"]


def test_an_edit_that_changes_nothing_leaves_no_step(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a")))
    label = workspace.history.undo_label
    heard: list[Changes] = []
    workspace.notifier.subscribe(heard.append)
    workspace.perform(messages.set_message_text, example_id, 0, "u")
    workspace.perform(messages.set_weight, example_id, 1, None)
    workspace.perform(review.set_note, example_id, "")
    assert workspace.history.undo_label == label
    assert heard == []


def test_messages_come_go_and_move(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a")))
    workspace.perform(messages.add_message, example_id, 0, "system", "s")
    workspace.perform(messages.add_message, example_id, 3, "user", "v")
    assert contents(workspace, example_id) == ["s", "u", "a", "v"]
    workspace.perform(messages.move_message, example_id, 3, 1)
    assert contents(workspace, example_id) == ["s", "v", "u", "a"]
    workspace.perform(messages.duplicate_message, example_id, 1)
    workspace.perform(messages.delete_message, example_id, 0)
    assert contents(workspace, example_id) == ["v", "v", "u", "a"]
    workspace.perform(messages.merge_with_next, example_id, 0)
    assert contents(workspace, example_id) == ["v\n\nv", "u", "a"]
    workspace.perform(messages.split_message, example_id, 0, 2)
    assert contents(workspace, example_id) == ["v", "v", "u", "a"]
    for _ in range(7):
        workspace.undo()
    assert contents(workspace, example_id) == ["u", "a"]


def test_retyping_takes_the_weight_along(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a", weight=0)))
    workspace.perform(messages.set_message_role, example_id, 1, "user")
    assert value(workspace, example_id)["messages"][1] == {"role": "user", "content": "a"}
    workspace.perform(messages.set_message_role, example_id, 1, "assistant")
    workspace.perform(messages.set_weight, example_id, 1, 1)
    assert value(workspace, example_id)["messages"][1]["weight"] == 1
    workspace.perform(messages.set_weight, example_id, 1, None)
    assert "weight" not in value(workspace, example_id)["messages"][1]


def test_a_new_tool_message_answers_the_open_call(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a")))
    call = [{"id": "call_7", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    workspace.perform(messages.set_message_field, example_id, 1, "/tool_calls", call)
    workspace.perform(messages.add_message, example_id, 2, "tool")
    assert value(workspace, example_id)["messages"][2]["tool_call_id"] == "call_7"


def test_pairs_keep_their_sides(workspace: Workspace) -> None:
    example_id = add(workspace, a_pair(user("u"), preferred="good", non_preferred="bad"))
    workspace.perform(messages.set_message_text, example_id, 2, "worse")
    workspace.perform(messages.add_message, example_id, 1, "user", "more")
    assert value(workspace, example_id) == {
        "input": {"messages": [{"role": "user", "content": "u"}, {"role": "user", "content": "more"}]},
        "preferred_output": [{"role": "assistant", "content": "good"}],
        "non_preferred_output": [{"role": "assistant", "content": "worse"}],
    }
    with pytest.raises(StudioError):
        workspace.perform(messages.move_message, example_id, 2, 3)


def test_edits_for_what_is_not_there_are_refused_and_leave_no_trace(workspace: Workspace) -> None:
    example_id = add(workspace, a_conversation(user("u"), assistant("a")))
    before = get_example(workspace, example_id).body
    errors: list[StudioError] = []
    workspace.perform(messages.set_message_text, example_id, 9, "x", failed=errors.append)
    workspace.perform(
        messages.apply_edits_to_example,
        example_id,
        [Edit(EditOp.REPLACE, "/messages/0/content", "x"), Edit(EditOp.REMOVE, "/messages/0/nothing")],
        failed=errors.append,
    )
    workspace.perform(messages.set_message_text, 999, 0, "x", failed=errors.append)
    assert len(errors) == 3
    assert get_example(workspace, example_id).body == before
    assert workspace.pending_writes == 0


def test_review_tags_notes_and_splits(workspace: Workspace) -> None:
    ids = IdSet.of([add(workspace) for _ in range(3)])
    workspace.perform(review.set_status, ids, ReviewState.APPROVED)
    assert workspace.history.undo_label is not None
    assert label_text(workspace.history.undo_label) == "Mark 3 examples as approved"
    workspace.perform(tags.add_tag, ids, '  geo,"  fun ')
    workspace.perform(splits.set_split, ids, Split.TEST)
    first = next(iter(ids))
    workspace.perform(review.set_note, first, "look")
    example = get_example(workspace, first)
    assert example.status is ReviewState.APPROVED
    assert (example.tags, example.split, example.split_pinned, example.note) == (
        ("geo fun",),
        Split.TEST,
        True,
        "look",
    )
    workspace.perform(tags.remove_tag, ids, "geo fun")
    workspace.perform(splits.set_split, ids, None)
    assert get_example(workspace, first).tags == ()
    assert not get_example(workspace, first).split_pinned
    with pytest.raises(UsageError):
        workspace.perform(tags.add_tag, ids, ' ," ')


def test_deleted_examples_come_back(workspace: Workspace) -> None:
    ids = [add(workspace) for _ in range(3)]
    workspace.perform(examples.delete_examples, IdSet.of(ids[:2]))
    assert list(list_ids(workspace)) == ids[2:]
    workspace.undo()
    assert list(list_ids(workspace)) == ids
    workspace.redo()
    assert list(list_ids(workspace)) == ids[2:]


def test_splits_are_assigned_and_new_examples_follow(workspace: Workspace) -> None:
    copies = [add(workspace, a_conversation(user("same"), assistant("same"))) for _ in range(8)]
    others = [add(workspace, a_conversation(user(f"q{n}"), assistant("a"))) for n in range(80)]
    pinned = others[0]
    workspace.perform(splits.set_split, IdSet.of([pinned]), Split.TEST)
    workspace.perform(splits.assign_splits, {Split.TRAIN: 0.7, Split.VALIDATION: 0.3}, 5)
    found = {example_id: get_example(workspace, example_id).split for example_id in copies + others}
    assert len({found[example_id] for example_id in copies}) == 1
    assert found[pinned] is Split.TEST
    assert 10 <= sum(split is Split.VALIDATION for split in found.values()) <= 45
    assert get_example(workspace, add(workspace)).split in (Split.TRAIN, Split.VALIDATION)
    workspace.perform(splits.assign_splits, {Split.TRAIN: 0.7, Split.VALIDATION: 0.3}, 5)
    assert {example_id: get_example(workspace, example_id).split for example_id in found} == found
    with pytest.raises(UsageError):
        workspace.perform(splits.assign_splits, {Split.TRAIN: 0.7}, 5)


def test_near_copies_go_to_one_side_and_follow_what_is_pinned(workspace: Workspace) -> None:
    def group(topic: int) -> list[int]:
        words = " ".join(f"w{topic}x{n}" for n in range(40))
        return [add(workspace, a_conversation(user(f"{words} copy{n}"), assistant("yes"))) for n in range(4)]

    groups = [group(topic) for topic in range(12)]
    pinned = groups[0][2]
    workspace.perform(splits.set_split, IdSet.of([pinned]), Split.VALIDATION)
    workspace.perform(splits.assign_splits, {Split.TRAIN: 0.5, Split.VALIDATION: 0.5}, 3)
    sides = [{get_example(workspace, example_id).split for example_id in ids} for ids in groups]
    assert all(len(side) == 1 for side in sides)
    assert sides[0] == {Split.VALIDATION}
    assert len(set().union(*sides)) == 2


def test_a_prompt_that_all_share_does_not_keep_all_together(workspace: Workspace) -> None:
    prompt = " ".join(f"w{n}" for n in range(80))
    ids = [add(workspace, a_conversation(user(f"{prompt} question{n}"), assistant("a"))) for n in range(40)]
    workspace.perform(splits.assign_splits, {Split.TRAIN: 0.5, Split.VALIDATION: 0.5}, 3)
    assert len({get_example(workspace, example_id).split for example_id in ids}) == 2


def test_settings_are_undone_too(workspace: Workspace) -> None:
    workspace.perform(options.set_target, "openai:gpt-4.1-mini")
    assert workspace.target is not None
    assert workspace.target.profile.id == "openai"
    workspace.perform(options.set_rule_enabled, "Q101", False)
    assert workspace.options()[options.RULES_OFF] == ["Q101"]
    workspace.undo()
    workspace.undo()
    assert workspace.target is None
    assert workspace.options() == {}


def test_changes_name_their_initiator_and_kinds(workspace: Workspace) -> None:
    heard: list[Changes] = []
    workspace.notifier.subscribe(heard.append)
    me = object()
    found: list[Changes] = []
    workspace.perform(examples.new_example, initiator=me, done=found.append)
    changes = next(c for c in heard if ChangeKind.MEMBERSHIP in c.kinds)
    assert changes.initiator is me
    assert ChangeKind.HISTORY in changes.kinds
    assert list(changes.example_ids) == list(list_ids(workspace))


def test_nothing_to_undo_is_said(workspace: Workspace) -> None:
    assert not workspace.history.can_undo
    with pytest.raises(StudioError, match="nothing to undo"):
        workspace.undo()
    with pytest.raises(StudioError, match="nothing to redo"):
        workspace.redo()
