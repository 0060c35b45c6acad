"""The full text of a dataset, built in the background and kept in the app's cache."""

import logging
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage.database import Database
from finetune_studio.storage.derived import DerivedStore, derived_path, identity_of
from finetune_studio.workspace.queries.summaries import searchable_text
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_LOG = logging.getLogger(__name__)

TEXT_VERSION = "1"
"""Counted up when searchable_text changes, so that the index is built anew."""
CATCH_UP_AFTER = 1.0
"""Seconds of quiet after an edit before its text is indexed."""


def open_derived(paths: AppPaths, database: Database) -> DerivedStore | None:
    """The dataset's derived data; None where the cache cannot be written, and search does without."""
    try:
        path = derived_path(paths.cache, database)
        return DerivedStore(path, identity_of(database), f"text {TEXT_VERSION}")
    except (StudioError, OSError):
        return None


class TextIndex:
    """Belongs to a workspace. Until all is indexed, search reads the rest of the texts themselves."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._has_begun = False
        workspace.notifier.subscribe(self._on_workspace_changed)

    @property
    def upto(self) -> int:
        """The last body id that is indexed; 0 for none."""
        derived = self._workspace.derived
        return 0 if derived is None or self._workspace.is_closed else derived.text_upto

    def start(self) -> None:
        """Index what is not indexed yet."""
        workspace = self._workspace
        if workspace.derived is None or workspace.is_closed:
            return
        self._has_begun = True
        workspace.ask(
            lambda _workspace, context: self._build(context),
            failed=self._on_failed,
            title="Index",
            key=f"index {workspace.uid}",
        )

    def _on_failed(self, error: StudioError) -> None:
        """The cache has no room: search reads the texts themselves."""
        _LOG.info("the full text is not indexed: %s", error)

    def _build(self, context: TaskContext) -> None:
        derived = self._workspace.derived
        if derived is None:
            return
        while derived.index_text(self._workspace.reader(), searchable_text, 500):
            context.check()

    def _on_workspace_changed(self, changes: Changes) -> None:
        if self._has_begun and changes.kinds & {ChangeKind.BODIES, ChangeKind.MEMBERSHIP}:
            self._workspace.tasks.later(CATCH_UP_AFTER, self.start, f"index {self._workspace.uid}")
