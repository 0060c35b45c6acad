"""Opening, making and closing datasets, in the background; the File menu's deeds."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.resource_files import resource
from finetune_studio.settings.paths import AppPaths
from finetune_studio.settings.store import Settings
from finetune_studio.ui.task_runner import QtTaskRunner

if TYPE_CHECKING:
    from finetune_studio.workspace.opening import Preview
    from finetune_studio.workspace.task import TaskContext
    from finetune_studio.workspace.workspace import Workspace

CLOSE_PATIENCE = 0.5
"""Seconds that closing may take before a sentence says why it waits."""


class Datasets(QObject):
    """One dataset at a time. `opened(workspace)` and `closed()` follow what happened, `opening(path)` comes
    before a file is read, `previewed(Preview)` with its first examples, `failed(error)` instead."""

    opening = Signal(object)
    previewed = Signal(object)
    opened = Signal(object)
    closed = Signal()
    failed = Signal(object)

    def __init__(
        self, tasks: QtTaskRunner, paths: AppPaths, settings: Settings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._paths = paths
        self._settings = settings
        self._workspace: Workspace | None = None

    @property
    def workspace(self) -> "Workspace | None":
        return self._workspace

    def open_path(self, path: Path) -> None:
        """Open a dataset, or make one of a JSONL file; what is open now is closed when that is ready."""
        path = path.absolute()
        if self._is_open(path):
            self.failed.emit(InputError(f"{path.name} is open already."))
            return

        def work(context: "TaskContext") -> "Workspace":
            from finetune_studio.workspace.opening import open_any

            return open_any(path, paths=self._paths, runner=self._tasks.runner, context=context)

        self._run(path, work)

    def open_read_only(self, path: Path) -> None:
        """Open a dataset that another process works on, for looking only."""

        def work(_context: "TaskContext") -> "Workspace":
            from finetune_studio.workspace.workspace import Workspace

            return Workspace.open(
                self.dataset_of(path), paths=self._paths, runner=self._tasks.runner, read_only=True
            )

        self._run(path, work)

    def reopen(self, *, read_only: bool) -> None:
        """Open what is open once more, for reading only or for writing."""
        if self._workspace is None:
            return
        path = self._workspace.path

        def work(_context: "TaskContext") -> "Workspace":
            from finetune_studio.workspace.workspace import Workspace

            return Workspace.open(path, paths=self._paths, runner=self._tasks.runner, read_only=read_only)

        self._run(path, work)

    def create(self, path: Path, template: Path | None = None) -> None:
        """Make a new dataset at `path`, with the examples of a template file or with none."""

        def work(context: "TaskContext") -> "Workspace":
            from finetune_studio.workspace.opening import build_dataset
            from finetune_studio.workspace.workspace import Workspace

            if path.exists():
                raise InputError(
                    f"{path.name} exists already in {path.parent}.", "Open it, or choose another name."
                )
            if template is None:
                return Workspace.create(path, paths=self._paths, runner=self._tasks.runner)
            build_dataset(template, path, context)
            return Workspace.open(path, paths=self._paths, runner=self._tasks.runner)

        self._run(path, work)

    def open_sample(self) -> None:
        """Open the Marv sample; the first time it is made in the app's data folder."""
        path = self._paths.data / "datasets" / "marv.ftset"
        if path.exists():
            self.open_path(path)
        else:
            self.create(path, resource("samples", "marv.jsonl"))

    def close(self) -> bool:
        """Close what is open, waiting half a second for the last changes; whether it is closed now."""
        workspace = self._workspace
        if workspace is None:
            return True
        if not workspace.close(CLOSE_PATIENCE):
            return False
        self._forget()
        return True

    def close_patiently(self) -> None:
        """Close what is open, however long the last changes take."""
        if self._workspace is not None:
            self._workspace.close(None)
            self._forget()

    def recover(self, path: Path, into: Path) -> None:
        """Copy what can be read of a damaged dataset into a new file and open that."""

        def work(_context: "TaskContext") -> "Workspace":
            from finetune_studio.storage.recovery import recover
            from finetune_studio.workspace.workspace import Workspace

            recover(path, into)
            return Workspace.open(into, paths=self._paths, runner=self._tasks.runner)

        self._run(into, work)

    def _run(self, path: Path, work: "Callable[[TaskContext], Workspace]") -> None:
        self.opening.emit(path)

        def open_and_prepare(context: "TaskContext") -> "Workspace":
            from finetune_studio.ui.shell.pages import preload_pages

            preload_pages()
            return work(context)

        self._tasks.runner.run(
            open_and_prepare,
            title=f"Opening {path.name}",
            done=self._on_ready,
            failed=self._on_failed,
            partial=self._on_preview,
            visible=True,
            key="open dataset",
        )

    def _on_ready(self, workspace: "Workspace") -> None:
        if self._workspace is not None:
            self.close_patiently()
        self._workspace = workspace
        try:
            self._settings.add_recent(workspace.path)
        except StudioError as error:
            self.failed.emit(error)
        self.opened.emit(workspace)

    def _on_preview(self, preview: "Preview") -> None:
        self.previewed.emit(preview)

    def _on_failed(self, error: StudioError) -> None:
        self.failed.emit(error)

    def dataset_of(self, path: Path) -> Path:
        """The dataset file of a path: itself, or the one that was made of it earlier."""
        from finetune_studio.workspace.opening import find_dataset

        return path if path.suffix == ".ftset" else find_dataset(path, self._paths) or path

    def _is_open(self, path: Path) -> bool:
        """True for the open dataset, and for the file that it was made of."""
        if self._workspace is None:
            return False
        from finetune_studio.workspace.opening import find_dataset

        return self._workspace.path in (path, find_dataset(path, self._paths))

    def _forget(self) -> None:
        self._workspace = None
        self.closed.emit()
