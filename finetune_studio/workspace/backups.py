"""Copies of the dataset: backups that make themselves, and copies that a person asks for."""

from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage import copies
from finetune_studio.storage.backup import Backup, BackupFolder
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LOOK_AFTER = 60.0
"""Seconds after a change until a look whether a backup is due."""
MANY_EXAMPLES = 1_000
"""An operation on as many examples is preceded by a backup."""
LARGE_IMPORT = 1 << 20
"""Bytes of a file whose import is preceded by a backup."""


def backup_folder(paths: AppPaths, uid: str) -> BackupFolder:
    """Where the backups of a dataset are."""
    return BackupFolder(paths.data / "backups", uid)


def backup_before_migration(paths: AppPaths, path: Path) -> None:
    """Keep an older file as it is before it is brought up to date."""
    backup_folder(paths, f"migrated-{path.stem}").make_from_file(path, 0, "migration")


class Backups:
    """Belongs to a workspace: every 30 minutes of change, and before risky operations."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._folder = backup_folder(workspace.paths, workspace.uid)
        if not workspace.read_only:
            workspace.notifier.subscribe(self._on_workspace_changed)

    def list(self) -> "list[Backup]":
        """The newest first."""
        return self._folder.backups()

    def make_before(self, reason: str, n_examples: int = MANY_EXAMPLES) -> None:
        """Make a backup when an operation touches many examples; for operations, on the store thread."""
        store = self._workspace.store
        if n_examples >= MANY_EXAMPLES and store.count() > 0:
            self._folder.make(self._workspace.database, reason)

    def _on_workspace_changed(self, changes: Changes) -> None:
        workspace = self._workspace
        workspace.tasks.later(LOOK_AFTER, self._look, f"backup {workspace.uid}", housekeeping=True)

    def _look(self) -> None:
        def work(_context: TaskContext) -> None:
            database = self._workspace.database
            if not self._workspace.is_closed and self._folder.is_due(database.revision):
                self._folder.make(database)

        if not self._workspace.is_closed:
            self._workspace.tasks.run(work, title="Backup", uses_store=True)


def save_copy(workspace: "Workspace", path: Path) -> Path:
    """Write the whole dataset, history included, to another file; for the pool."""
    copies.save_copy(workspace.database, path)
    return path


def copy_for_sharing(workspace: "Workspace", path: Path) -> Path:
    """Write a copy without history, originals and removed examples; for the pool."""
    copies.copy_for_sharing(workspace.database, path)
    return path
