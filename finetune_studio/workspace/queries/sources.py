"""Where examples came from, and whether those files are still what was imported."""

from typing import TYPE_CHECKING

from finetune_studio.storage.rows import SourceRow

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def list_sources(workspace: "Workspace") -> list[SourceRow]:
    """The imported files, in the order they came."""
    return workspace.examples().sources()
