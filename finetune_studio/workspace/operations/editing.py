"""How an operation changes one example: its bytes, the edits it makes of them, one step of the history."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, pointer, pointer_parts
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import loads

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LISTS: dict[ExampleKind, tuple[tuple[str, ...], ...]] = {
    ExampleKind.CONVERSATION: (("messages",),),
    ExampleKind.PREFERENCE: (("input", "messages"), ("preferred_output",), ("non_preferred_output",)),
    ExampleKind.OTHER: (("messages",),),
}
"""Where an example's messages stand, in reading order."""


class MessageGoneError(StudioError):
    """The message that an edit was meant for is not there any more."""

    def __init__(self) -> None:
        super().__init__("This message is not there any more.", "It may have been deleted or undone.")


def edit_example(
    workspace: "Workspace",
    example_id: int,
    make_edits: Callable[[Any], Sequence[Edit]],
    *,
    code: str,
    merge_key: str | None = None,
    **arguments: Any,
) -> Changes:
    """Apply the edits that `make_edits(value)` wants to one example: one step, or none if nothing changes."""
    row = workspace.store.row(example_id)
    body = apply_edits(row.body, make_edits(loads(row.body)))
    if body == row.body:
        return Changes()
    with workspace.step(code, {"example": example_id, **arguments}, merge_key) as step:
        step.set_bodies([(example_id, body)])
    return step.changes


def message_lists(value: Any) -> list[tuple[str, list[Any]]]:
    """(pointer, messages) of each list of an example's messages that is there, in reading order."""
    if not isinstance(value, dict):
        return []
    is_pair = "messages" not in value and ("preferred_output" in value or "non_preferred_output" in value)
    kind = ExampleKind.PREFERENCE if is_pair else ExampleKind.CONVERSATION
    lists: list[tuple[str, list[Any]]] = []
    for path in LISTS[kind]:
        found: Any = value
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        if isinstance(found, list):
            lists.append((pointer(*path), found))
    return lists


def locate_message(value: Any, index: int) -> tuple[str, dict[str, Any]]:
    """(pointer, message) at an index in reading order; raises MessageGoneError."""
    start = 0
    for path, messages in message_lists(value):
        if start <= index < start + len(messages):
            message = messages[index - start]
            return f"{path}/{index - start}", message if isinstance(message, dict) else {}
        start += len(messages)
    raise MessageGoneError


def locate_gap(value: Any, index: int) -> tuple[str, list[Any], int]:
    """(list pointer, messages, position) for a message to put before `index`; of two lists, the earlier."""
    start = 0
    for path, messages in message_lists(value):
        if start <= index <= start + len(messages):
            return path, messages, index - start
        start += len(messages)
    raise MessageGoneError


def parent_pointer(path: str) -> str:
    """The pointer one level up."""
    return pointer(*pointer_parts(path)[:-1])
