"""Taking a text out of the dataset for good: examples, history, versions, notes, and what was derived."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import purge
from finetune_studio.workspace.lint_cache import cache_path
from finetune_studio.workspace.submission_frozen import delete_unneeded, holding

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHORTEST = 4
"""Characters that a text to be purged has at least: shorter ones stand in far too many places."""

_TOUCHED = frozenset(
    (
        ChangeKind.BODIES,
        ChangeKind.TAGS,
        ChangeKind.NOTE,
        ChangeKind.OPTIONS,
        ChangeKind.HISTORY,
    )
)


@dataclass(frozen=True, slots=True)
class PurgeOutcome:
    """`report` counts the places; `backups` were deleted.

    `frozen` files of jobs, which hold what was sent, were deleted; `frozen_left` hold the text still.
    """

    changes: Changes
    report: purge.PurgeReport
    backups: int
    frozen: int = 0
    frozen_left: tuple[Path, ...] = ()


def purge_text(
    workspace: "Workspace",
    text: str,
    replacement: str = "[removed]",
    drop_backups: bool = True,
    drop_frozen: bool = False,
) -> PurgeOutcome:
    """Replace a text everywhere in the dataset file and forget what was derived from it; not undoable.

    `drop_backups` deletes this dataset's automatic backups, which hold the text too; `drop_frozen` the frozen
    files of its finished jobs, where they hold it.
    """
    if len(text) < SHORTEST:
        raise UsageError(f"Give at least {SHORTEST} characters.", "A shorter text stands in too many places.")
    report = purge.purge(workspace.database, text, replacement)
    if workspace.derived is not None:
        workspace.derived.empty()
    cache_path(workspace).unlink(missing_ok=True)
    backups = workspace.backups.list() if drop_backups else []
    for backup in backups:
        backup.path.unlink(missing_ok=True)
    ids = IdSet.of(number for chunk in workspace.store.ids() for number in chunk)
    journal = workspace.sending.journal
    left = holding(journal, workspace.uid, purge.spellings_of(text))
    gone = delete_unneeded(journal, left).paths if drop_frozen else ()
    left = tuple(path for path in left if path not in gone)
    return PurgeOutcome(Changes(_TOUCHED, ids, label="purge"), report, len(backups), len(gone), left)


def count_places(workspace: "Workspace", text: str) -> tuple[int, int]:
    """How many examples as they are now, and how many earlier texts, hold a text; for the pool."""
    return purge.count(workspace.reader(), text)
