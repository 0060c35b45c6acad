"""Where examples came from, and whether those files are still what was imported."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.storage.rows import SourceRow

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


def list_sources(workspace: "Workspace") -> list[SourceRow]:
    """The imported files, in the order they came."""
    return workspace.examples().sources()


def changed_sources(workspace: "Workspace") -> list[SourceRow]:
    """Imported files that hold something else now; those that are gone are not meant. For the pool.

    A file is read only when its size is the same and it was written after the import.
    """
    return [source for source in list_sources(workspace) if _is_changed(source)]


def _is_changed(source: SourceRow) -> bool:
    path = Path(source.path)
    try:
        status = path.stat()
        if not source.path or status.st_size != source.size:
            return bool(source.path)
        if status.st_mtime <= source.imported_at.timestamp():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != source.sha256
    except OSError:
        return False
