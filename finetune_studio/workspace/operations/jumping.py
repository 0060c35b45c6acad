"""Going to any point of the history: undo and redo, as often as it takes."""

from typing import TYPE_CHECKING

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def go_to_step(workspace: "Workspace", step_id: int, context: TaskContext | None = None) -> Changes:
    """Make the dataset what it was right after a step; 0 is before the first one that is kept.

    A cancel stops between two steps: what was taken back until then can be redone.
    """
    context = context or silent_context()
    history = workspace.history_store
    steps = {step.id: step.undone for step in history.steps(-1)}
    if step_id and step_id not in steps:
        raise UsageError("That step is no longer in the history.")
    back = sum(not undone for number, undone in steps.items() if number > step_id)
    again = sum(undone for number, undone in steps.items() if number <= step_id)
    kinds: set[ChangeKind] = set()
    touched = IdSet()
    for number in range(back or again):
        if number and context.is_cancelled:
            break
        changes = history.undo() if back else history.redo()
        if changes is None:
            break
        kinds |= changes.kinds
        touched = touched | changes.example_ids
        if not context.is_cancelled:
            context.progress(number + 1, back or again, "Going through the history")
    return Changes(frozenset(kinds), touched, label="history.jump")
