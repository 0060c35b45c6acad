"""What a model drafted becomes part of the dataset, once a person took it."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Role
from finetune_studio.formats.records import kind_of_value, loads
from finetune_studio.storage.rows import NewExample
from finetune_studio.workspace.drafting import Place
from finetune_studio.workspace.operations.editing import locate_message
from finetune_studio.workspace.operations.messages import add_message, set_message_text
from finetune_studio.workspace.operations.splits import split_for_new_example

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def take_draft(workspace: "Workspace", example_id: int, place: Place, text: str) -> Changes:
    """Write a draft where it was asked for; raises StudioError where the message changed meanwhile."""
    if place.is_new:
        return add_message(workspace, example_id, place.index, Role.ASSISTANT, text)
    _path, message = locate_message(loads(workspace.store.row(example_id).body), place.index)
    if (message.get("content") or "") != place.old:
        raise StudioError("The message was changed since the draft was asked for.", "Ask for it again.")
    return set_message_text(workspace, example_id, place.index, text)


def add_drafts(workspace: "Workspace", values: Sequence[Any], after_id: int | None = None) -> Changes:
    """Add drafted conversations as drafts, behind the example they are like, in one step."""
    if not values:
        return Changes()
    made = []
    for value in values:
        uid = workspace.new_uid()
        body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        split = split_for_new_example(workspace, uid)
        made.append(NewExample(body=body, kind=kind_of_value(value), split=split, uid=uid))
    with workspace.step("example.draft", {"count": len(made)}) as step:
        step.insert_examples(made, after_id=after_id)
    return step.changes
