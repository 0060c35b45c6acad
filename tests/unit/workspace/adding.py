"""Adding examples in tests of a workspace where everything happens at once."""

from typing import Any

from finetune_studio.domain.changes import Changes
from finetune_studio.workspace.operations import examples
from finetune_studio.workspace.workspace import Workspace


def add(workspace: Workspace, record: Any = None, **given: Any) -> int:
    """Add an example and give its id."""
    found: list[Changes] = []
    workspace.perform(examples.new_example, record, done=found.append, **given)
    return next(iter(found[0].example_ids))
