"""Pairs out of conversations and back: what moves keeps its bytes, each is one step."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.example import ExampleKind
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.records import decode
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import preferences
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.workspace import Workspace

CHAT = (
    b'{"messages": [{"role":"user","content":"caf\\u00e9","n":1.50}, '
    b'{"role":"assistant","content":"b","weight":1}], "tools": [{"x":1e5}], "more": 2}\n'
)


def put(workspace: Workspace, *bodies: bytes) -> IdSet:
    with workspace.step("example.new", {}) as step:
        return step.insert_examples([NewExample(body=body) for body in bodies])


def body(workspace: Workspace, ids: IdSet) -> bytes:
    return get_example(workspace, next(iter(ids))).body


def test_a_pair_is_made_of_a_conversation(workspace: Workspace) -> None:
    ids = put(workspace, CHAT)
    reports: list[RewriteReport] = []
    workspace.perform(preferences.make_pairs, ids, done=reports.append)
    assert reports[0].n_examples == 1
    made = body(workspace, ids)
    assert json.loads(made) == {
        "more": 2,
        "input": {
            "messages": [{"role": "user", "content": "café", "n": 1.5}],
            "tools": [{"x": 1e5}],
        },
        "preferred_output": [{"role": "assistant", "content": "b"}],
        "non_preferred_output": [{"role": "assistant", "content": ""}],
    }
    assert b'{"role":"user","content":"caf\\u00e9","n":1.50}' in made
    assert b'{"x":1e5}' in made
    assert get_example(workspace, next(iter(ids))).kind is ExampleKind.PREFERENCE
    assert workspace.history.undo_label is not None
    assert label_text(workspace.history.undo_label) == "Pair the answers of example"
    workspace.undo()
    assert body(workspace, ids) == CHAT


def test_the_other_answer_may_be_a_copy(workspace: Workspace) -> None:
    ids = put(workspace, CHAT)
    preferences.make_pairs(workspace, ids, copy=True)
    made = json.loads(body(workspace, ids))
    assert made["non_preferred_output"] == made["preferred_output"] == [{"role": "assistant", "content": "b"}]


@pytest.mark.parametrize("preferred", [True, False])
def test_an_answer_is_kept_as_a_conversation(workspace: Workspace, preferred: bool) -> None:
    ids = put(workspace, CHAT)
    preferences.make_pairs(workspace, ids)
    preferences.keep_answer(workspace, ids, preferred)
    made = json.loads(body(workspace, ids))
    assert made["messages"][-1] == {"role": "assistant", "content": "b" if preferred else ""}
    assert made.keys() == {"messages", "tools", "more"}


def test_swapped_twice_is_as_before(workspace: Workspace) -> None:
    ids = put(workspace, CHAT)
    preferences.make_pairs(workspace, ids)
    before = body(workspace, ids)
    preferences.swap_answers(workspace, ids)
    assert json.loads(body(workspace, ids))["preferred_output"][0]["content"] == ""
    assert json.loads(body(workspace, ids))["non_preferred_output"][0]["content"] == "b"
    preferences.swap_answers(workspace, ids)
    assert body(workspace, ids) == before


def test_what_does_not_fit_stays_and_many_are_one_step(workspace: Workspace) -> None:
    odd = [b'{"messages": []}\n', b'{"messages": [{"role": "user"}]}\n', b'{"a": 1}\n', b'{"messages": 3}\n']
    ids = put(workspace, CHAT, *odd, CHAT)
    assert preferences.swap_answers(workspace, ids).n_examples == 0
    assert preferences.make_pairs(workspace, ids).n_examples == 2
    assert preferences.keep_answer(workspace, ids).n_examples == 2
    workspace.undo()
    workspace.undo()
    assert [row.body for row in workspace.store.rows(list(ids))] == [CHAT, *odd, CHAT]


MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": st.text() | st.none()},
        optional={"name": st.text(), "odd": st.floats(allow_nan=False, allow_infinity=False)},
    ),
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(MESSAGES, st.dictionaries(st.sampled_from(["tools", "more", "parallel_tool_calls"]), st.integers()))
def test_a_pair_and_back_is_the_conversation_again(
    workspace: Workspace, messages: list[Any], others: dict[str, Any]
) -> None:
    value = {"messages": [*messages, {"role": "assistant", "content": "end"}], **others}
    ids = put(workspace, json.dumps(value).encode() + b"\n")
    preferences.make_pairs(workspace, ids)
    kind, record = decode(body(workspace, ids))
    assert kind is ExampleKind.PREFERENCE
    assert record is not None
    preferences.keep_answer(workspace, ids)
    assert json.loads(body(workspace, ids)) == value
