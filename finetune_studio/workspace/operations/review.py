"""What a reviewer decides about examples: their state and a note."""

from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.operations.parts import in_parts
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def set_status(
    workspace: "Workspace", ids: IdSet, status: ReviewState, context: TaskContext | None = None
) -> Changes:
    """Approve, reject, or put back any number of examples, as one step."""
    if not ids:
        return Changes()
    arguments = {"status": status.value, "count": len(ids)}
    with workspace.step("review.status", arguments) as step:
        for part in in_parts(ids, context):
            step.set_status(part, status)
    return step.changes


def set_note(workspace: "Workspace", example_id: int, note: str) -> Changes:
    """Write an example's note; typing goes on in the same step."""
    if workspace.store.row(example_id).note == note:
        return Changes()
    with workspace.step("review.note", {"example": example_id}, merge_key=f"note:{example_id}") as step:
        step.set_note(example_id, note)
    return step.changes
