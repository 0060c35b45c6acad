"""A dataset as `submit` sends it, opened for the time of the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from finetune_studio.cli.sending import note
from finetune_studio.domain.errors import LockedDatasetError, StudioError
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.settings.paths import AppPaths
from finetune_studio.targets.target import Target
from finetune_studio.workspace.submission_check import FrozenCheck
from finetune_studio.workspace.submission_dataset import dataset_parts
from finetune_studio.workspace.submission_kept import keep_copies, stale_copies
from finetune_studio.workspace.submission_sources import FileExamples
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace


@contextmanager
def dataset_examples(
    paths: AppPaths,
    path: Path,
    target: Target,
    held_out: FileExamples | None,
    reason: str,
    show: Any,
    chosen: Hyperparameters,
) -> Iterator[tuple[Any, Any, FrozenCheck, str]]:
    """Training, validation, the check and the dataset's uid; raises the DatasetFileError family."""
    workspace = Workspace.open(path.absolute(), paths=paths, runner=ImmediateRunner())
    try:
        parts = dataset_parts(
            workspace,
            target,
            held_out=held_out,
            override_reason=reason,
            progress=show,
            hyperparameters=chosen,
        )
        yield parts.training, parts.validation, parts.check, workspace.uid
        keep_copies(workspace, stale_copies(workspace))
    finally:
        workspace.close()


def keep_record(paths: AppPaths, path: Path) -> None:
    """Bring the dataset's own record of its jobs up to date; the job goes on whatever comes of it."""
    try:
        workspace = Workspace.open(path.absolute(), paths=paths, runner=ImmediateRunner())
        try:
            keep_copies(workspace, stale_copies(workspace))
        finally:
            workspace.close()
    except LockedDatasetError:
        return  # a window has it open by now, and keeps the record itself
    except StudioError as error:
        note(f"note: {path.name} has no record of the job yet: {error.text}")
