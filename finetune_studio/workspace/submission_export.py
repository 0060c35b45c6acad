"""The files of a submission, written to a folder instead of sent."""

from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.targets.target import Target
from finetune_studio.workspace.exporting import ExportFilter, ExportReport, export_for_target
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SENT = frozenset(ReviewState) - {ReviewState.REJECTED}


def part_paths(workspace: "Workspace", target: Target, folder: Path) -> tuple[Path, Path]:
    """Where the training and the validation file go: name-openai-train.jsonl."""
    start = f"{workspace.name}-{target.profile.id}"
    return folder / f"{start}-train.jsonl", folder / f"{start}-validation.jsonl"


def export_parts(
    workspace: "Workspace",
    target: Target,
    folder: Path,
    *,
    with_validation: bool = True,
    context: TaskContext | None = None,
) -> list[ExportReport]:
    """Write the training file and, where there are examples for it, the validation file.

    Raises InputError where the folder is none, and what export_for_target raises.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Choose one that exists.")
    training, validation = part_paths(workspace, target, folder)
    train = ExportFilter(statuses=_SENT, splits=frozenset({Split.TRAIN, None}))
    reports = [export_for_target(workspace, training, target, train, context)]
    if with_validation and workspace.examples().count_by_split().get(Split.VALIDATION, 0):
        held_out = ExportFilter(statuses=_SENT, splits=frozenset({Split.VALIDATION}))
        reports.append(export_for_target(workspace, validation, target, held_out, context))
    return reports
