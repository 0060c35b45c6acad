"""Changes of the tools that examples define: in one example, or wherever a tool is used."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, JsonText
from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.json_layout import one_line_text
from finetune_studio.formats.records import loads
from finetune_studio.workspace.operations.editing import edit_example, message_lists
from finetune_studio.workspace.operations.rewriting import RewriteReport, rewrite
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SHOWN_NAME = 40


class ToolGoneError(StudioError):
    """The definition that an edit was meant for is not there any more."""

    def __init__(self) -> None:
        super().__init__("This tool is not there any more.", "It may have been removed or undone.")


def add_tool(workspace: "Workspace", example_id: int, text: str, index: int | None = None) -> Changes:
    """Define one more tool in an example, before the one at `index` or last."""

    def edits(value: Any) -> list[Edit]:
        return _add_edits(value, text, index)

    return edit_example(workspace, example_id, edits, code="tool.add", name=label_of(text))


def replace_tool(workspace: "Workspace", example_id: int, index: int, text: str) -> Changes:
    """Write a definition anew; calls of the tool follow when its name changes."""

    def edits(value: Any) -> list[Edit]:
        path, tools = tools_of(value)
        _check_index(tools, index)
        if _in_order(tools[index]) == _in_order(loads(text.encode("utf-8", "surrogatepass"))):
            return []
        return _replace_edits(value, path, tools, [index], text)

    return edit_example(workspace, example_id, edits, code="tool.edit", name=label_of(text))


def remove_tool(workspace: "Workspace", example_id: int, index: int) -> Changes:
    """Take a definition out; with the last one the list goes too, as services refuse an empty one."""

    def edits(value: Any) -> list[Edit]:
        path, tools = tools_of(value)
        _check_index(tools, index)
        return [Edit(EditOp.REMOVE, path if len(tools) == 1 else f"{path}/{index}")]

    name = _name_at(workspace, example_id, index)
    return edit_example(workspace, example_id, edits, code="tool.remove", name=name)


def move_tool(workspace: "Workspace", example_id: int, index: int, to_index: int) -> Changes:
    """Move a definition so that it stands at `to_index`."""

    def edits(value: Any) -> list[Edit]:
        path, tools = tools_of(value)
        _check_index(tools, index)
        _check_index(tools, to_index)
        return [Edit(EditOp.MOVE, f"{path}/{index}", to=f"{path}/{to_index}")] if index != to_index else []

    name = _name_at(workspace, example_id, index)
    return edit_example(workspace, example_id, edits, code="tool.move", name=name)


def set_parallel_calls(workspace: "Workspace", example_id: int, value: bool | None) -> Changes:
    """Say whether an answer may call several tools at once; None leaves it to the service."""

    def edits(example: Any) -> list[Edit]:
        path = f"{_holder_path(example)}/parallel_tool_calls"
        holder = example["input"] if path.startswith("/input") else example
        if value is None:
            return [Edit(EditOp.REMOVE, path)] if "parallel_tool_calls" in holder else []
        return [Edit(EditOp.REPLACE, path, value)] if holder.get("parallel_tool_calls") != value else []

    return edit_example(workspace, example_id, edits, code="tool.parallel")


def add_tool_to_many(
    workspace: "Workspace", ids: IdSet, text: str, context: TaskContext | None = None
) -> RewriteReport:
    """Define a tool in every example of a set that has none of its name."""
    name = name_of(loads(text.encode()))

    def edits(_id: int, value: Any) -> Sequence[Edit]:
        if not message_lists(value) or not _may_hold_tools(value):
            return ()
        if name in map(name_of, tools_of(value)[1]):
            return ()
        return _add_edits(value, text, None)

    return rewrite(workspace, ids, edits, code="tool.add_many", context=context, name=label_of(text))


def update_everywhere(
    workspace: "Workspace",
    ids: IdSet,
    old: str,
    new: str,
    context: TaskContext | None = None,
    *,
    also_different: bool = False,
    options: Mapping[str, Any] | None = None,
) -> RewriteReport:
    """Write a tool anew wherever it is defined as `old`, as one step; calls follow a new name.

    `also_different` takes every definition of its name; `options` are settings that change in the same step.
    """
    wanted, name = canonical_text(old), name_of(loads(old.encode()))
    target = _in_order(loads(new.encode()))

    def edits(_id: int, value: Any) -> Sequence[Edit]:
        if not _may_hold_tools(value):
            return ()
        path, tools = tools_of(value)
        places = [
            place
            for place, tool in enumerate(tools)
            if name_of(tool) == name
            and (also_different or canonical(tool) == wanted)
            and _in_order(tool) != target
        ]
        return _replace_edits(value, path, tools, places, new) if places else ()

    return rewrite(
        workspace, ids, edits, code="tool.update", context=context, options=options, name=label_of(new)
    )


# What a definition is


def tools_of(value: Any) -> tuple[str, list[Any]]:
    """(pointer, definitions) of an example; for a pair those of its input. Raises InputError."""
    path = _holder_path(value)
    holder = value["input"] if path else value
    tools = holder.get("tools")
    if tools is None:
        return f"{path}/tools", []
    if not isinstance(tools, list):
        raise InputError("“tools” of this example is not a list.", "Edit its JSON.")
    return f"{path}/tools", tools


def name_of(tool: Any) -> str:
    """The name of a definition, "" where it has none."""
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    name = function.get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else ""


def canonical(tool: Any) -> str:
    """Equal for definitions that say the same, whatever the order of their keys."""
    return json.dumps(tool, sort_keys=True, separators=(",", ":"))


def canonical_text(text: str) -> str:
    return canonical(loads(text.encode()))


def _in_order(tool: Any) -> str:
    """Equal for definitions that look the same: the order of keys counts."""
    return json.dumps(tool)


def label_of(text: str) -> str:
    """The name of a definition as a step's label shows it."""
    name = name_of(loads(text.encode("utf-8", "surrogatepass")))
    return name if len(name) <= _SHOWN_NAME else f"{name[:_SHOWN_NAME]}…"


def _holder_path(value: Any) -> str:
    if not isinstance(value, dict):
        raise InputError("This example is no object, so it has no tools.")
    is_pair = "messages" not in value and isinstance(value.get("input"), dict)
    return "/input" if is_pair else ""


def _may_hold_tools(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    holder = value["input"] if _holder_path(value) else value
    return holder.get("tools") is None or isinstance(holder["tools"], list)


def _check_index(tools: Sequence[Any], index: int) -> None:
    if not 0 <= index < len(tools):
        raise ToolGoneError


def _name_at(workspace: "Workspace", example_id: int, index: int) -> str:
    tools = tools_of(loads(workspace.store.row(example_id).body))[1]
    _check_index(tools, index)
    return name_of(tools[index])[:_SHOWN_NAME]


def _add_edits(value: Any, text: str, index: int | None) -> list[Edit]:
    path, tools = tools_of(value)
    if not tools:
        return [Edit(EditOp.REPLACE, path, JsonText(f"[{one_line_text(text)}]"))]
    place = len(tools) if index is None else min(index, len(tools))
    return [Edit(EditOp.ADD, f"{path}/{place}", JsonText(text))]


def _replace_edits(
    value: Any, path: str, tools: Sequence[Any], places: Sequence[int], text: str
) -> list[Edit]:
    wanted = [Edit(EditOp.REPLACE, f"{path}/{place}", JsonText(text)) for place in places]
    old, new = name_of(tools[places[0]]), name_of(loads(text.encode("utf-8", "surrogatepass")))
    is_alone = sum(name_of(tool) == old for tool in tools) == len(places)
    return wanted + (_rename_calls(value, old, new) if old and new and old != new and is_alone else [])


def _rename_calls(value: Any, old: str, new: str) -> list[Edit]:
    edits = []
    for path, messages in message_lists(value):
        for place, message in enumerate(messages):
            if not isinstance(message, dict):
                continue
            calls = message.get("tool_calls")
            for number, call in enumerate(calls if isinstance(calls, list) else ()):
                function = call.get("function") if isinstance(call, dict) else None
                if isinstance(function, dict) and function.get("name") == old:
                    at = f"{path}/{place}/tool_calls/{number}/function/name"
                    edits.append(Edit(EditOp.REPLACE, at, new))
            if message.get("role") == "tool" and message.get("name") == old:
                edits.append(Edit(EditOp.REPLACE, f"{path}/{place}/name", new))
    return edits
