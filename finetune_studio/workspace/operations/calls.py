"""Changes of tool calls that keep each call and its answer together, as one step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.call_ids import CallShape, answers_to, new_ids, open_call, shape_of
from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, JsonText
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Role
from finetune_studio.formats.json_reader import parse
from finetune_studio.workspace.operations.editing import (
    edit_example,
    locate_message,
    message_lists,
    parent_pointer,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def add_call(
    workspace: "Workspace", example_id: int, message_index: int, name: str, arguments: str
) -> Changes:
    """Let an assistant message make one more call, and put an empty answer behind the answers it has."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        if message.get("role") != Role.ASSISTANT:
            raise StudioError("Only an assistant message calls tools.")
        place, shapes = _place_and_shapes(value, path)
        call_id = new_ids(all_shapes(value))[0]
        call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        calls = message.get("tool_calls")
        after = max(answers_to(shapes, place), default=place) + 1
        answer = {"role": Role.TOOL.value, "tool_call_id": call_id, "content": ""}
        return [
            Edit(EditOp.ADD, f"{path}/tool_calls/-", call)
            if isinstance(calls, list)
            else Edit(EditOp.REPLACE, f"{path}/tool_calls", [call]),
            Edit(EditOp.ADD, f"{parent_pointer(path)}/{after}", answer),
        ]

    return edit_example(workspace, example_id, edits, code="call.add", message=message_index)


def remove_call(workspace: "Workspace", example_id: int, message_index: int, number: int) -> Changes:
    """Take a call out with its answer; without calls and text, the message has an empty text."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        place, shapes = _place_and_shapes(value, path)
        calls = message.get("tool_calls")
        if not isinstance(calls, list) or number >= len(calls):
            raise StudioError("This tool call is not there any more.")
        call_id = calls[number].get("id") if isinstance(calls[number], dict) else None
        answers = answers_to(shapes, place, [call_id]) if isinstance(call_id, str) else []
        last = len(calls) == 1
        wanted = [Edit(EditOp.REMOVE, f"{path}/tool_calls" if last else f"{path}/tool_calls/{number}")]
        if last and message.get("content") is None:
            wanted.append(Edit(EditOp.REPLACE, f"{path}/content", ""))
        return [*wanted, *_removals(parent_pointer(path), answers)]

    return edit_example(workspace, example_id, edits, code="call.remove", message=message_index)


def set_answered_call(workspace: "Workspace", example_id: int, message_index: int, call_id: str) -> Changes:
    """Choose the call that a tool message answers; an answer that had it takes the other one in turn."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        place, shapes = _place_and_shapes(value, path)
        old = message.get("tool_call_id")
        if old == call_id:
            return []
        wanted = [Edit(EditOp.REPLACE, f"{path}/tool_call_id", call_id)]
        for other, shape in enumerate(shapes):
            if other != place and shape.answers == call_id and isinstance(old, str):
                wanted.append(Edit(EditOp.REPLACE, f"{parent_pointer(path)}/{other}/tool_call_id", old))
        return wanted

    return edit_example(workspace, example_id, edits, code="call.answer", message=message_index)


def delete_edits(value: Any, message_index: int) -> list[Edit]:
    """A message goes, and the answers to the calls that it makes with it."""
    path, _message = locate_message(value, message_index)
    place, shapes = _place_and_shapes(value, path)
    return _removals(parent_pointer(path), [place, *answers_to(shapes, place)])


def duplicate_edits(value: Any, body: bytes, message_index: int) -> list[Edit]:
    """A copy after a message; one that calls tools is copied behind its answers, with them and new ids.

    The copy of an answer answers the first call that has none.
    """
    path, message = locate_message(value, message_index)
    holder = parent_pointer(path)
    place, shapes = _place_and_shapes(value, path)
    answers = answers_to(shapes, place)
    at = max(answers, default=place) + 1
    root = parse(body)
    wanted = []
    for number, source in enumerate([place, *answers]):
        node = root.at(f"{holder}/{source}")
        raw = JsonText(node.raw.decode("utf-8")) if node is not None else JsonText("{}")
        wanted.append(Edit(EditOp.ADD, f"{holder}/{at + number}", raw))
    renamed = _renamed(all_shapes(value), shapes[place].calls)
    for number, call_id in enumerate(shapes[place].calls):
        if call_id:
            wanted.append(Edit(EditOp.REPLACE, f"{holder}/{at}/tool_calls/{number}/id", renamed[call_id]))
    for number, source in enumerate(answers, start=1):
        new = renamed[shapes[source].answers or ""]
        wanted.append(Edit(EditOp.REPLACE, f"{holder}/{at + number}/tool_call_id", new))
    if "tool_call_id" in message:
        wanted.append(Edit(EditOp.REPLACE, f"{holder}/{at}/tool_call_id", open_call(shapes, at)))
    return wanted


def split_edits(value: Any, message_index: int) -> list[Edit]:
    """After a text was cut in two: calls go to the second part, next to their answers."""
    path, message = locate_message(value, message_index)
    place, shapes = _place_and_shapes(value, path)
    second = f"{parent_pointer(path)}/{place + 1}"
    if "tool_calls" in message:
        return [Edit(EditOp.MOVE, f"{path}/tool_calls", to=f"{second}/tool_calls")]
    if "tool_call_id" in message:
        return [Edit(EditOp.REPLACE, f"{second}/tool_call_id", open_call(shapes, place + 1))]
    return []


def merge_edits(value: Any, message_index: int) -> list[Edit]:
    """The calls of the next message come to this one; answers to tools cannot be merged."""
    path, message = locate_message(value, message_index)
    next_path, following = locate_message(value, message_index + 1)
    for each in (message, following):
        if each.get("role") in (Role.TOOL, Role.FUNCTION):
            raise StudioError("The answer of a tool cannot be merged: it would lose its call.")
    calls = following.get("tool_calls")
    if not isinstance(calls, list) or not calls:
        return []
    if not isinstance(message.get("tool_calls"), list):
        return [Edit(EditOp.MOVE, f"{next_path}/tool_calls", to=f"{path}/tool_calls")]
    return [Edit(EditOp.MOVE, f"{next_path}/tool_calls/0", to=f"{path}/tool_calls/-") for _ in calls]


def retype_edits(value: Any, message_index: int, role: str) -> list[Edit]:
    """The id of the call that is answered comes and goes with the role of a tool."""
    path, message = locate_message(value, message_index)
    has_id = "tool_call_id" in message
    if role == Role.TOOL and not has_id:
        place, shapes = _place_and_shapes(value, path)
        return [Edit(EditOp.REPLACE, f"{path}/tool_call_id", open_call(shapes, place))]
    return [Edit(EditOp.REMOVE, f"{path}/tool_call_id")] if has_id and role != Role.TOOL else []


def all_shapes(value: Any) -> list[CallShape]:
    """The shapes of every message of an example, whatever side it stands on."""
    return [shape_of(message) for _path, messages in message_lists(value) for message in messages]


def _place_and_shapes(value: Any, path: str) -> tuple[int, list[CallShape]]:
    """Where a message stands in its list, and the shapes of that list."""
    holder, _slash, place = path.rpartition("/")
    messages = dict(message_lists(value))[holder]
    return int(place), [shape_of(message) for message in messages]


def _removals(holder: str, places: Sequence[int]) -> list[Edit]:
    return [Edit(EditOp.REMOVE, f"{holder}/{place}") for place in sorted(set(places), reverse=True)]


def _renamed(shapes: Sequence[CallShape], calls: Sequence[str]) -> dict[str, str]:
    known = [call_id for call_id in dict.fromkeys(calls) if call_id]
    return dict(zip(known, new_ids(shapes, len(known)), strict=True))
