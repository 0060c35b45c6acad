"""Named versions of the dataset: give what is now a name, go back to one, forget one."""

from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.storage import versions

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def name_version(workspace: "Workspace", name: str) -> int:
    """Give what the dataset is now a name; returns the version's id. It is no step: nothing changes."""
    return workspace.history_store.name_version(name)


def delete_version(workspace: "Workspace", version_id: int) -> None:
    """Forget a version; undo does not bring it back."""
    workspace.history_store.delete_version(version_id)


def restore_version(workspace: "Workspace", version_id: int) -> Changes:
    """Make the dataset what it was then, as one step: texts, examples, order, states, splits and tags."""
    connection = workspace.database.writer
    names = {row.id: row.name for row in versions.rows(connection)}
    wanted = versions.read(connection, version_id)
    with workspace.step("version.restore", {"name": names[version_id]}) as step:
        step.restore_snapshot(wanted)
    return step.changes


def restore_text(workspace: "Workspace", example_id: int, body_id: int) -> Changes:
    """Give an example one of its earlier texts back, as one step."""
    with workspace.step("example.restore", {"example": example_id}) as step:
        step.restore_body(example_id, body_id)
    return step.changes
