"""Putting a copied conversation into an example."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.message import Message
from finetune_studio.formats.records import message_to_json
from finetune_studio.workspace.operations.editing import edit_example, message_lists

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def paste_messages(
    workspace: "Workspace", example_id: int, messages: Sequence[Message], replace: bool = False
) -> Changes:
    """Put messages behind those of an example, or in their place; of a pair, into its input.

    Raises StudioError for an example that holds no list of messages.
    """

    def edits(value: Any) -> list[Edit]:
        lists = message_lists(value)
        if not lists or not lists[0][0].endswith("messages"):
            raise StudioError(
                "This example has no messages to add to.", "Make a new example of the text instead."
            )
        path = lists[0][0]
        values = [message_to_json(message) for message in messages]
        if replace:
            return [Edit(EditOp.REPLACE, path, values)]
        return [Edit(EditOp.ADD, f"{path}/-", each) for each in values]

    return edit_example(workspace, example_id, edits, code="message.paste", count=len(messages))
