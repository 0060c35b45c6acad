"""What is asked when a model drafts, what is made of its answers, and how they come into the dataset."""

import json
from typing import Any

import pytest

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.domain.example import Conversation
from finetune_studio.domain.message import Message, ToolCall
from finetune_studio.workspace.drafting import (
    Place,
    Wish,
    model_from_text,
    model_to_text,
    more_request,
    read_more,
    reply_place,
    reply_request,
    text_place,
    text_request,
)
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind
from finetune_studio.workspace.operations import drafts, examples, messages
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import a_conversation, a_pair, assistant, system, user
from tests.unit.workspace.test_replace import bodies

MARV = a_conversation(system("Be Marv."), user("Capital of France?"), assistant(""))


def asked(record: Any) -> list[tuple[str, str]]:
    return [(each.role, each.content) for each in reply_request(record, reply_place(record))]


def test_a_reply_goes_into_the_empty_answer_or_behind_the_question() -> None:
    assert reply_place(MARV) == Place(2)
    assert asked(MARV) == [("system", "Be Marv."), ("user", "Capital of France?")]
    open_question = a_conversation(*MARV.messages[:2])
    assert reply_place(open_question) == Place(2, is_new=True)
    assert asked(open_question) == asked(MARV)


def test_tools_are_told_in_words() -> None:
    call = ToolCall("c", "get_weather", '{"city": "Oslo"}')
    record = Conversation(
        (
            user("Cold?"),
            Message("assistant", None, tool_calls=(call,)),
            Message("tool", "7", tool_call_id="c"),
        )
    )
    assert asked(record) == [
        ("user", "Cold?"),
        ("assistant", '(I call get_weather with {"city": "Oslo"})'),
        ("user", "(The tool answers: 7)"),
    ]


def test_the_empty_side_of_a_pair_is_drafted() -> None:
    pair = a_pair(user("Why?"), preferred="Because.", non_preferred="")
    assert reply_place(pair) == Place(2)
    assert asked(pair) == [("user", "Why?")]
    with pytest.raises(UsageError, match="Both answers"):
        reply_place(a_pair(user("Why?"), preferred="Because.", non_preferred="No."))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (a_conversation(user("Hi"), assistant("Yes?")), "an answer already"),
        (a_conversation(user(""), assistant("")), "nothing to reply to"),
        (a_conversation(), "nothing to reply to"),
    ],
)
def test_where_no_reply_is_due_it_is_told(record: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        reply_place(record)


def test_a_text_is_sent_alone_to_be_reworded_or_shortened() -> None:
    place = text_place(MARV.messages, 1)
    assert place == Place(1, "Capital of France?")
    first, second = text_request(Wish.SHORTEN, place.old)
    assert "shorter" in first.content
    assert (second.role, second.content) == ("user", "Capital of France?")
    with pytest.raises(UsageError):
        text_place(MARV.messages, 2)
    with pytest.raises(UsageError):
        text_place(MARV.messages, -1)


def test_conversations_are_found_in_what_a_model_writes() -> None:
    record = a_conversation(system("Be Marv."), user("Capital of France?"), assistant("Paris, of course."))
    assert "Capital of France?" in more_request(record)[1].content
    good = {"messages": [{"role": "user", "content": "a {b}"}, {"role": "assistant", "content": "c"}]}
    led = {"messages": [{"role": "system", "content": "Other."}, *good["messages"]]}
    empty = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": " "}]}
    backwards = {"messages": good["messages"][::-1]}
    lines = [json.dumps(each) for each in (good, led, empty, backwards, {"messages": 1}, [good])]
    answer = (
        f"Sure, here they are:\n```json\n{lines[0]}\n" + "\n".join(lines[1:]) + '\n```\n{"messages": [{"role'
    )
    found = read_more(answer, record)
    assert found == [{"messages": [{"role": "system", "content": "Be Marv."}, *good["messages"]]}] * 3
    with pytest.raises(UsageError):
        more_request(a_pair(user("a"), preferred="b", non_preferred="c"))


def test_a_draft_that_is_taken_is_one_step(workspace: Workspace) -> None:
    workspace.perform(examples.new_example, MARV)
    before = bodies(workspace)
    workspace.perform(drafts.take_draft, 1, Place(2), "Paris.")
    assert json.loads(bodies(workspace)[0])["messages"][2] == {"role": "assistant", "content": "Paris."}
    workspace.undo()
    assert bodies(workspace) == before
    workspace.perform(drafts.take_draft, 1, Place(3, is_new=True), "Or Rome.")
    assert json.loads(bodies(workspace)[0])["messages"][3] == {"role": "assistant", "content": "Or Rome."}


def test_a_message_that_was_changed_meanwhile_is_left_alone(workspace: Workspace) -> None:
    workspace.perform(examples.new_example, MARV)
    workspace.perform(messages.set_message_text, 1, 2, "My own.")
    with pytest.raises(StudioError, match="changed since"):
        drafts.take_draft(workspace, 1, Place(2), "Paris.")


def test_drafted_examples_come_in_one_step_behind_their_model(workspace: Workspace) -> None:
    for text in ("one", "two"):
        workspace.perform(examples.new_example, a_conversation(user(text), assistant("yes")))
    values = [{"messages": [{"role": "user", "content": f"new {n}"}]} for n in range(3)]
    workspace.perform(drafts.add_drafts, values, 1)
    texts = [json.loads(body)["messages"][0]["content"] for body in bodies(workspace)]
    assert texts == ["one", "new 0", "new 1", "new 2", "two"]
    workspace.undo()
    assert len(bodies(workspace)) == 2


def test_a_choice_is_remembered_as_text() -> None:
    choice = ModelChoice(ModelKind.TUNED, "local", "", "ft:x", "rehearsal", "ft:x", "This computer")
    assert model_from_text(model_to_text(choice)) == choice
    for text in ("", "{}", "[1]", "x"):
        assert model_from_text(text) is None
