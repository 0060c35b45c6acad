"""The files of a submission, written to a folder instead of sent."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.targets.target import Target
from finetune_studio.workspace.exporting import ExportFilter, ExportReport, export_for_target
from finetune_studio.workspace.task import TaskContext
from finetune_studio.workspace.training_export import MANIFEST, manifest_text, write_text

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SENT = frozenset(ReviewState) - {ReviewState.REJECTED}


def part_paths(workspace: "Workspace", target: Target, folder: Path) -> tuple[Path, Path]:
    """Where the training and the validation file go: name-openai-train.jsonl."""
    start = f"{workspace.name}-{target.profile.id}"
    return folder / f"{start}-train.jsonl", folder / f"{start}-validation.jsonl"


def manifest_path(workspace: "Workspace", target: Target, folder: Path) -> Path:
    """Where the hashes and settings go: name-openai-manifest.json."""
    return folder / f"{workspace.name}-{target.profile.id}-{MANIFEST}"


def export_parts(
    workspace: "Workspace",
    target: Target,
    folder: Path,
    *,
    with_validation: bool = True,
    settings: Mapping[str, Any] | None = None,
    context: TaskContext | None = None,
) -> list[ExportReport]:
    """Write the training file, where there are examples for it the validation file, and a manifest.

    `settings` are what the manifest says of the job that the files are for.

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
    parts = dict(zip((Split.TRAIN, Split.VALIDATION), reports, strict=False))
    write_text(
        manifest_path(workspace, target, folder), manifest_text(workspace, parts, dict(settings or {}))
    )
    return reports
