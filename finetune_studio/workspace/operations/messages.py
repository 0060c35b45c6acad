"""Changes of one message: text, role, weight, and adding, deleting or moving it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.call_ids import open_call, shape_of
from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Role
from finetune_studio.workspace.operations import calls
from finetune_studio.workspace.operations.editing import (
    edit_example,
    locate_gap,
    locate_message,
    parent_pointer,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def apply_edits_to_example(
    workspace: "Workspace",
    example_id: int,
    edits: Sequence[Edit],
    label: str = "example.edit",
    merge_key: str | None = None,
) -> Changes:
    """Apply described edits, all or none, as one step."""
    return edit_example(workspace, example_id, lambda _value: edits, code=label, merge_key=merge_key)


def set_message_text(workspace: "Workspace", example_id: int, message_index: int, text: str) -> Changes:
    """Write a message's whole text; edits of one message close in time merge into one step.

    In a list of parts it is the only text part that is written; raises StudioError where there are several.
    """

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        return [Edit(EditOp.REPLACE, path + _text_field(message), text)]

    return _edit_text(workspace, example_id, message_index, edits)


def set_message_field(
    workspace: "Workspace", example_id: int, message_index: int, field: str, value: Any
) -> Changes:
    """Write any value at a JSON Pointer within a message ("/name", "/tool_calls/0/function/arguments")."""

    def edits(example: Any) -> list[Edit]:
        path, _message = locate_message(example, message_index)
        return [Edit(EditOp.REPLACE, path + field, value)]

    merge_key = f"field:{example_id}:{message_index}:{field}"
    return edit_example(
        workspace,
        example_id,
        edits,
        code="message.field",
        merge_key=merge_key,
        message=message_index,
        field=field,
    )


def set_message_role(workspace: "Workspace", example_id: int, message_index: int, role: str) -> Changes:
    """Retype a message; a weight goes when it is no longer the assistant's.

    An answer of a tool takes the id of the first call that has none; what is none any more loses its id.
    """

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        wanted = [Edit(EditOp.REPLACE, path + "/role", str(role))]
        if role != Role.ASSISTANT and "weight" in message:
            wanted.append(Edit(EditOp.REMOVE, path + "/weight"))
        return [*wanted, *calls.retype_edits(value, message_index, str(role))]

    return edit_example(
        workspace, example_id, edits, code="message.retype", message=message_index, role=str(role)
    )


def set_weight(workspace: "Workspace", example_id: int, message_index: int, weight: int | None) -> Changes:
    """Say whether an assistant message is trained: 0, 1, or None to leave it to the service."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        if weight is None:
            return [Edit(EditOp.REMOVE, path + "/weight")] if "weight" in message else []
        return [Edit(EditOp.REPLACE, path + "/weight", weight)]

    return edit_example(
        workspace, example_id, edits, code="message.weight", message=message_index, weight=weight
    )


def add_message(
    workspace: "Workspace", example_id: int, message_index: int, role: str, text: str = ""
) -> Changes:
    """Put a new message before the one at `message_index`; a tool message answers the first open call."""

    def edits(value: Any) -> list[Edit]:
        path, messages, position = locate_gap(value, message_index)
        message: dict[str, Any] = {"role": str(role), "content": text}
        if role == Role.TOOL:
            message["tool_call_id"] = open_call([shape_of(each) for each in messages], position)
        return [Edit(EditOp.ADD, f"{path}/{position}", message)]

    return edit_example(
        workspace, example_id, edits, code="message.add", message=message_index, role=str(role)
    )


def delete_message(workspace: "Workspace", example_id: int, message_index: int) -> Changes:
    """Take a message out; the answers to the calls that it makes go with it."""

    def edits(value: Any) -> list[Edit]:
        return calls.delete_edits(value, message_index)

    return edit_example(workspace, example_id, edits, code="message.delete", message=message_index)


def duplicate_message(workspace: "Workspace", example_id: int, message_index: int) -> Changes:
    """Put a copy after a message; with calls, behind their answers, with copies of them and new ids."""

    def edits(value: Any) -> list[Edit]:
        return calls.duplicate_edits(value, workspace.store.row(example_id).body, message_index)

    return edit_example(workspace, example_id, edits, code="message.duplicate", message=message_index)


def move_message(workspace: "Workspace", example_id: int, message_index: int, to_index: int) -> Changes:
    """Move a message so that it stands at `to_index`; raises StudioError across the sides of a pair."""

    def edits(value: Any) -> list[Edit]:
        path, _message = locate_message(value, message_index)
        target, _other = locate_message(value, to_index)
        if parent_pointer(path) != parent_pointer(target):
            raise StudioError("A message cannot move from one side of a preference pair to another.")
        return [Edit(EditOp.MOVE, path, to=target)] if path != target else []

    return edit_example(workspace, example_id, edits, code="message.move", message=message_index, to=to_index)


def split_message(workspace: "Workspace", example_id: int, message_index: int, at: int) -> Changes:
    """Cut a message in two of the same role at a code point of its text; white space at the cut goes."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        text = _plain_text(message)
        position = int(path.rsplit("/", 1)[1])
        second = {"role": message.get("role", Role.USER.value), "content": text[at:].lstrip()}
        return [
            Edit(EditOp.REPLACE, path + "/content", text[:at].rstrip()),
            Edit(EditOp.ADD, f"{parent_pointer(path)}/{position + 1}", second),
            *calls.split_edits(value, message_index),
        ]

    return edit_example(workspace, example_id, edits, code="message.split", message=message_index)


def merge_with_next(workspace: "Workspace", example_id: int, message_index: int) -> Changes:
    """Append the next message's text to this one, with an empty line between, and take the next one out."""

    def edits(value: Any) -> list[Edit]:
        path, message = locate_message(value, message_index)
        next_path, following = locate_message(value, message_index + 1)
        if parent_pointer(path) != parent_pointer(next_path):
            raise StudioError("Messages of different sides of a preference pair cannot be merged.")
        texts = [text for text in (_plain_text(message), _plain_text(following)) if text]
        return [
            Edit(EditOp.REPLACE, path + "/content", "\n\n".join(texts)),
            *calls.merge_edits(value, message_index),
            Edit(EditOp.REMOVE, next_path),
        ]

    return edit_example(workspace, example_id, edits, code="message.merge", message=message_index)


def _edit_text(workspace: "Workspace", example_id: int, message_index: int, edits: Any) -> Changes:
    merge_key = f"text:{example_id}:{message_index}"
    return edit_example(
        workspace, example_id, edits, code="message.edit", merge_key=merge_key, message=message_index
    )


def _text_field(message: dict[str, Any]) -> str:
    content = message.get("content")
    if not isinstance(content, list):
        return "/content"
    texts = [n for n, part in enumerate(content) if isinstance(part, dict) and "text" in part]
    if len(texts) != 1:
        raise StudioError(
            "The text of this message is in several parts.", "Edit its parts one by one, or its JSON."
        )
    return f"/content/{texts[0]}/text"


def _plain_text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if content is None:
        return ""
    if not isinstance(content, str):
        raise StudioError("Only messages of plain text can be cut or merged.", "Edit the JSON instead.")
    return content
