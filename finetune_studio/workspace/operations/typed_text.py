"""What a person typed, written into an example that may have been changed in the meantime."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp, pointer_parts
from finetune_studio.domain.text_merge import merge_texts
from finetune_studio.formats.records import loads
from finetune_studio.workspace.history import StepLabel
from finetune_studio.workspace.operations import messages
from finetune_studio.workspace.operations.editing import MessageGoneError, locate_message, message_lists

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

CONTENT = "/content"


@dataclass(frozen=True, slots=True)
class TypedText:
    """`text` stands in `field` (a JSON Pointer) of a message, as an edit of `base`."""

    message_index: int
    field: str
    text: str
    base: str
    role: str


@dataclass(frozen=True, slots=True)
class WrittenText:
    """`text` is in the dataset now, in place of `theirs`.

    `theirs` is None where nobody else had changed the text; `is_merged` where both changes are in it.
    `by` is the step that changed it, as far as that is known.
    """

    changes: Changes
    message_index: int
    text: str
    theirs: str | None = None
    is_merged: bool = False
    by: StepLabel | None = None


def take_other_text(workspace: "Workspace", example_id: int, typed: TypedText) -> WrittenText:
    """The same as a step of its own, so that undo brings the text before it back."""
    return write_typed_text(workspace, example_id, typed, merges=False)


def write_typed_text(
    workspace: "Workspace", example_id: int, typed: TypedText, *, merges: bool = True
) -> WrittenText:
    """Write a text where its message is now; raises MessageGoneError where that is nowhere.

    A change that was made to other words of it stays; where the same words were changed, the text that
    was typed last stands, and the other one is told.
    """
    index, theirs = _find(loads(workspace.store.row(example_id).body), typed)
    write = _write if merges else _write_apart
    if theirs is None or theirs == typed.base or theirs == typed.text:
        return WrittenText(write(workspace, example_id, index, typed, typed.text), index, typed.text)
    by = _newest_step(workspace)
    merged = merge_texts(typed.base, typed.text, theirs)
    text = typed.text if merged is None else merged
    changes = write(workspace, example_id, index, typed, text)
    return WrittenText(changes, index, text, theirs, merged is not None, by)


def _write(workspace: "Workspace", example_id: int, index: int, typed: TypedText, text: str) -> Changes:
    if typed.field == CONTENT:
        return messages.set_message_text(workspace, example_id, index, text)
    return messages.set_message_field(workspace, example_id, index, typed.field, text)


def _write_apart(workspace: "Workspace", example_id: int, index: int, typed: TypedText, text: str) -> Changes:
    path, _message = locate_message(loads(workspace.store.row(example_id).body), index)
    edit = Edit(EditOp.REPLACE, path + typed.field, text)
    return messages.apply_edits_to_example(workspace, example_id, [edit], "message.edit")


def _find(value: Any, typed: TypedText) -> tuple[int, str | None]:
    """(index now, text now) of the message: where it was, else the one place that says what it said.

    The text is None where it cannot be compared.
    """
    found = [message for _, listed in message_lists(value) for message in listed]
    here = found[typed.message_index] if typed.message_index < len(found) else None
    now = _text_of(here, typed.field)
    if here is not None and (now is None or (now == typed.base and _has_role(here, typed.role))):
        return typed.message_index, now
    same = [
        index
        for index, message in enumerate(found)
        if _has_role(message, typed.role) and _text_of(message, typed.field) == typed.base
    ]
    if len(same) == 1:
        return same[0], typed.base
    if here is None or not _has_role(here, typed.role):
        raise MessageGoneError
    return typed.message_index, now


def _has_role(message: Any, role: str) -> bool:
    """A message without a readable role passes for any."""
    own = message.get("role") if isinstance(message, dict) else None
    return own == role or not isinstance(own, str)


def _text_of(message: Any, field: str) -> str | None:
    """The text at a field, "" where there is none; None for what is no text."""
    found = message
    for part in pointer_parts(field):
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return "" if found is None else found if isinstance(found, str) else None


def _newest_step(workspace: "Workspace") -> StepLabel | None:
    """What was done last, when that was not typing."""
    newest = workspace.history_store.undo_label()
    return StepLabel(*newest) if newest and not newest[0].startswith("message.") else None
