"""Tools of examples, the library, and calls that stay with their answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.call_ids import answers_to, open_call
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import calls, messages, tool_library, tools
from finetune_studio.workspace.operations.calls import all_shapes
from finetune_studio.workspace.operations.rewriting import RewriteReport
from finetune_studio.workspace.queries.tools import tool_uses
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.unit.workspace.test_replace import bodies, fill


def tool(name: str, **more: Any) -> dict[str, Any]:
    function = {"name": name, "description": "Words", "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", "function": {**function, **more}}


def call(call_id: str, name: str = "get_weather") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": "{}"}}


def calling(*ids: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [call(each) for each in ids], **more}


def answer(call_id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": "7"}


def line(*turns: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"messages": list(turns), **more}).encode() + b"\n"


def values(workspace: Workspace) -> list[Any]:
    return [json.loads(body) for body in bodies(workspace)]


ASK = {"role": "user", "content": "How warm is it?"}
WEATHER = json.dumps(tool("get_weather"))


# Definitions of one example


def test_a_tool_is_added_edited_moved_and_removed_with_a_step_each(workspace: Workspace) -> None:
    before = line(ASK, calling("call_1"), answer("call_1"), n=1)
    fill(workspace, before)
    workspace.perform(tools.add_tool, 1, WEATHER)
    workspace.perform(tools.add_tool, 1, json.dumps(tool("search")), 0)
    assert [tools.name_of(each) for each in values(workspace)[0]["tools"]] == ["search", "get_weather"]
    workspace.perform(tools.move_tool, 1, 0, 1)
    workspace.perform(tools.replace_tool, 1, 0, json.dumps(tool("weather", strict=True)))
    value = values(workspace)[0]
    assert [tools.name_of(each) for each in value["tools"]] == ["weather", "search"]
    assert value["messages"][1]["tool_calls"][0]["function"]["name"] == "weather"
    assert label_text(workspace.history.labels.undo) == "Edit tool weather"  # type: ignore[arg-type]
    workspace.perform(tools.remove_tool, 1, 1)
    workspace.perform(tools.remove_tool, 1, 0)
    assert "tools" not in values(workspace)[0]
    for _ in range(6):
        workspace.undo()
    assert bodies(workspace) == [before]


def test_saving_a_tool_that_was_not_changed_makes_no_step(workspace: Workspace) -> None:
    fill(workspace, line(ASK, tools=[tool("a")]))
    text = json.dumps(tool("a"))
    workspace.perform(tools.replace_tool, 1, 0, f" {text} ")
    assert label_text(workspace.history.labels.undo).startswith("Import")  # type: ignore[arg-type]


def test_numbers_and_keys_of_a_tool_are_written_as_they_were_spelled(workspace: Workspace) -> None:
    fill(workspace, line(ASK))
    odd = '{"type": "function", "function": {"name": "f", "x": 1e5, "big": 10000000000000000000001}}'
    workspace.perform(tools.add_tool, 1, odd)
    assert odd.encode() in bodies(workspace)[0]


def test_the_tools_of_a_pair_stand_in_its_input(workspace: Workspace) -> None:
    pair = {
        "input": {"messages": [ASK]},
        "preferred_output": [{"role": "assistant", "content": "a"}],
        "non_preferred_output": [{"role": "assistant", "content": "b"}],
    }
    fill(workspace, json.dumps(pair).encode() + b"\n")
    workspace.perform(tools.add_tool, 1, WEATHER)
    workspace.perform(tools.set_parallel_calls, 1, False)
    value = values(workspace)[0]
    assert [tools.name_of(each) for each in value["input"]["tools"]] == ["get_weather"]
    assert value["input"]["parallel_tool_calls"] is False
    workspace.perform(tools.set_parallel_calls, 1, None)
    assert "parallel_tool_calls" not in values(workspace)[0]["input"]


def test_a_tool_that_is_gone_is_told(workspace: Workspace) -> None:
    fill(workspace, line(ASK))
    with pytest.raises(StudioError, match="not there any more"):
        tools.remove_tool(workspace, 1, 0)


# Many examples and the library


@pytest.fixture
def shared(workspace: Workspace) -> Workspace:
    other = tool("get_weather", description="Other words")
    turned = {"function": {**tool("get_weather")["function"]}, "type": "function"}
    fill(
        workspace,
        line(ASK, calling("call_1"), answer("call_1"), tools=[tool("get_weather"), tool("search")]),
        line(ASK, tools=[turned]),
        line(ASK, tools=[other]),
        line(ASK),
        b'{"odd": 1}\n',
        line(ASK, tools="none"),
    )
    return workspace


def test_uses_tell_definitions_apart(shared: Workspace) -> None:
    uses = tool_uses(shared)
    assert [(use.name, use.examples) for use in uses] == [("get_weather", 3), ("search", 1)]
    assert [list(each.ids) for each in uses[0].variants] == [[1, 2], [3]]
    assert list(uses[0].used_as(WEATHER)) == [1, 2]
    assert [use.name for use in tool_uses(shared, ["search"])] == ["search"]


def test_a_change_everywhere_takes_equal_definitions_the_library_and_the_calls(shared: Workspace) -> None:
    before = bodies(shared)
    shared.perform(tool_library.save_to_library, WEATHER)
    reports: list[RewriteReport] = []
    new = json.dumps(tool("weather", description="New"))
    everything = IdSet.range(1, 6)
    shared.perform(tool_library.change_in_library, everything, WEATHER, new, done=reports.append)
    assert reports[0].n_examples == 2
    value = values(shared)
    assert [tools.name_of(value[n]["tools"][0]) for n in range(3)] == ["weather", "weather", "get_weather"]
    assert value[0]["messages"][1]["tool_calls"][0]["function"]["name"] == "weather"
    assert [tool_library.name_in(text) for text in tool_library.library(shared)] == ["weather"]
    assert label_text(shared.history.labels.undo) == "Change tool weather in 2 examples"  # type: ignore[arg-type]
    shared.undo()
    assert bodies(shared) == before
    assert tool_library.library(shared) == [WEATHER]


def test_other_definitions_of_the_name_are_taken_when_asked_for(shared: Workspace) -> None:
    new = json.dumps(tool("get_weather", description="New"))
    report = tool_library.change_in_library(shared, IdSet.range(1, 6), WEATHER, new, True)
    assert report.n_examples == 3
    assert len(tool_uses(shared, ["get_weather"])[0].variants) == 1


def test_a_tool_is_added_to_the_examples_that_lack_it(shared: Workspace) -> None:
    report = tools.add_tool_to_many(shared, IdSet.range(1, 6), WEATHER)
    assert report.n_examples == 1
    assert values(shared)[3]["tools"] == [tool("get_weather")]
    assert tools.add_tool_to_many(shared, IdSet.range(1, 6), WEATHER).n_examples == 0


def test_the_library_is_undoable_and_survives_a_restart(tmp_path: Path, paths: AppPaths) -> None:
    path = tmp_path / "kept.ftset"
    opened = Workspace.create(path, paths=paths, runner=ImmediateRunner())
    opened.perform(tool_library.save_to_library, WEATHER)
    opened.perform(tool_library.gather_into_library, [WEATHER, json.dumps(tool("search"))])
    opened.perform(tool_library.save_to_library, json.dumps(tool("weather")), "get_weather")
    opened.close()
    opened = Workspace.open(path, paths=paths, runner=ImmediateRunner())
    names = [tool_library.name_in(text) for text in tool_library.library(opened)]
    assert names == ["weather", "search"]
    opened.undo()
    assert tool_library.library(opened)[0] == WEATHER
    opened.perform(tool_library.remove_from_library, "get_weather")
    assert len(tool_library.library(opened)) == 1
    for _ in range(3):
        opened.undo()
    assert tool_library.library(opened) == []
    opened.close()


# Calls and answers


def ids_of(workspace: Workspace) -> list[tuple[list[str], str | None]]:
    """(ids of calls, id answered) of each message of the first example."""
    found = values(workspace)[0]["messages"]
    return [([c["id"] for c in m.get("tool_calls", ())], m.get("tool_call_id")) for m in found]


def test_a_call_is_added_with_its_answer_and_removed_with_it(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("call_1"), answer("call_1"), ASK))
    workspace.perform(calls.add_call, 1, 1, "search", '{"q": 1}')
    assert ids_of(workspace)[1:4] == [(["call_1", "call_2"], None), ([], "call_1"), ([], "call_2")]
    workspace.perform(calls.remove_call, 1, 1, 0)
    assert ids_of(workspace)[1:3] == [(["call_2"], None), ([], "call_2")]
    workspace.perform(calls.remove_call, 1, 1, 0)
    assert values(workspace)[0]["messages"] == [ASK, {"role": "assistant", "content": ""}, ASK]


def test_deleting_a_message_takes_the_answers_along(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("a", "b"), answer("a"), answer("b"), ASK))
    workspace.perform(messages.delete_message, 1, 1)
    assert values(workspace)[0]["messages"] == [ASK, ASK]
    workspace.undo()
    assert len(ids_of(workspace)) == 5


def test_a_copy_of_a_call_comes_with_its_answers_and_new_ids(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("call_2", "b"), answer("b"), answer("call_2"), ASK))
    workspace.perform(messages.duplicate_message, 1, 1)
    assert ids_of(workspace)[1:7] == [
        (["call_2", "b"], None),
        ([], "b"),
        ([], "call_2"),
        (["call_1", "call_3"], None),
        ([], "call_3"),
        ([], "call_1"),
    ]


def test_a_copy_of_an_answer_answers_the_open_call(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("a", "b"), answer("a")))
    workspace.perform(messages.duplicate_message, 1, 2)
    assert ids_of(workspace)[2:] == [([], "a"), ([], "b")]
    workspace.perform(messages.duplicate_message, 1, 3)
    assert ids_of(workspace)[4] == ([], "")


def test_splitting_and_merging_keep_calls_next_to_their_answers(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("a") | {"content": "Wait. Now."}, answer("a")))
    workspace.perform(messages.split_message, 1, 1, 5)
    assert ids_of(workspace)[1:] == [([], None), (["a"], None), ([], "a")]
    workspace.perform(messages.merge_with_next, 1, 1)
    assert ids_of(workspace)[1:] == [(["a"], None), ([], "a")]
    with pytest.raises(StudioError, match="cannot be merged"):
        messages.merge_with_next(workspace, 1, 1)


def test_choosing_another_call_swaps_the_answers(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("a", "b"), answer("a"), answer("b")))
    workspace.perform(calls.set_answered_call, 1, 2, "b")
    assert ids_of(workspace)[2:] == [([], "b"), ([], "a")]


def test_the_id_of_an_answer_comes_and_goes_with_its_role(workspace: Workspace) -> None:
    fill(workspace, line(ASK, calling("a"), {"role": "user", "content": "7"}))
    workspace.perform(messages.set_message_role, 1, 2, "tool")
    assert ids_of(workspace)[2] == ([], "a")
    workspace.perform(messages.set_message_role, 1, 2, "user")
    assert values(workspace)[0]["messages"][2] == {"role": "user", "content": "7"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("played")
    paths = AppPaths(folder / "config", folder / "data", folder / "cache")
    opened = Workspace.create(folder / "set.ftset", paths=paths, runner=ImmediateRunner())
    yield opened
    opened.close()


_DEEDS = ["add", "call", "copy", "delete", "remove", "split", "merge", "undo"]
_deeds = st.lists(st.tuples(st.sampled_from(_DEEDS), st.integers(0, 9)), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_deeds)
def test_every_answer_has_a_call_of_its_own(played: Workspace, deeds: list[tuple[str, int]]) -> None:
    """Law: whatever is done to messages, ids are called once, and answered at most once."""
    start = line(ASK, calling("call_1", "x"), answer("x"), answer("call_1"), ASK)
    example_id = fill(played, start)[-1]
    done = 0
    for name, number in deeds:
        turns = json.loads(played.examples().row(example_id).body)["messages"]
        index = number % max(1, len(turns))
        try:
            done += _play(played, example_id, name, index, turns, done)
        except StudioError:
            continue
        value = json.loads(played.examples().row(example_id).body)
        shapes = all_shapes(value)
        called = [each for shape in shapes for each in shape.calls]
        answered = [shape.answers for shape in shapes if shape.answers]
        assert len(set(called)) == len(called)
        assert len(set(answered)) == len(answered)
        assert set(answered) <= set(called)
        assert open_call(shapes) == next((each for each in called if each not in answered), "")
        for place, shape in enumerate(shapes):
            assert len(answers_to(shapes, place)) == sum(each in answered for each in shape.calls)
    for _ in range(done):
        played.undo()
    assert played.examples().row(example_id).body == start


def _play(workspace: Workspace, example_id: int, name: str, index: int, turns: list[Any], done: int) -> int:
    """Do one thing; by how many the steps became more."""
    if name == "undo":
        if done:
            workspace.undo()
        return -1 if done else 0
    before = workspace.examples().row(example_id).body
    if name == "add":
        role = "tool" if open_call(all_shapes({"messages": turns})) else "user"
        messages.add_message(workspace, example_id, len(turns), role)
    elif name == "call":
        calls.add_call(workspace, example_id, index, "search", "{}")
    elif name == "remove":
        calls.remove_call(workspace, example_id, index, 0)
    elif name == "split":
        messages.split_message(workspace, example_id, index, 0)
    else:
        operation = {
            "copy": messages.duplicate_message,
            "delete": messages.delete_message,
            "merge": messages.merge_with_next,
        }[name]
        operation(workspace, example_id, index)
    return int(workspace.examples().row(example_id).body != before)
