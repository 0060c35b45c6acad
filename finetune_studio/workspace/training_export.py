"""Files for training elsewhere: the splits in a trainer's layout, its settings, and a manifest."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio import __version__
from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.job import Hyperparameters
from finetune_studio.domain.split import Split
from finetune_studio.formats.records import kind_of_value, loads
from finetune_studio.formats.training_layouts import Layout, has_untrained, lay_out
from finetune_studio.formats.training_snippets import SnippetFacts, snippets_of
from finetune_studio.formats.writing import AtomicWriter
from finetune_studio.workspace.exporting import ExportReport, LeftOut, Output, snapshot
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MANIFEST = "manifest.json"
_ROWS = (
    "SELECT e.id, e.status, e.split, e.source_line, b.bytes FROM example e JOIN body b ON b.id=e.body_id"
    " WHERE e.deleted_step IS NULL ORDER BY e.position"
)
_MLX_NAMES = {Split.TRAIN: "train", Split.VALIDATION: "valid", Split.TEST: "test"}


@dataclass(frozen=True, slots=True)
class LayoutOrder:
    """What a person chose; `kind` is what is trained on, and examples of the other kind stay out."""

    layout: Layout
    kind: ExampleKind = ExampleKind.CONVERSATION
    split: bool = False
    with_validation: bool = True
    hyperparameters: Hyperparameters = field(default_factory=Hyperparameters)
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """`reports` are of the files of examples, `beside` the other files; `lost` counts what is lost."""

    reports: tuple[ExportReport, ...]
    beside: tuple[Path, ...]
    lost: tuple[tuple[str, int], ...]


def paths_for(workspace: "Workspace", order: LayoutOrder, folder: Path) -> dict[Split, Path]:
    """Where each split goes; mlx-lm wants its own names."""
    splits = [Split.TRAIN]
    counts = workspace.examples().count_by_split()
    if order.with_validation and counts.get(Split.VALIDATION, 0):
        splits.append(Split.VALIDATION)
    if order.layout is Layout.MLX and counts.get(Split.TEST, 0):
        splits.append(Split.TEST)
    if order.layout is Layout.MLX:
        return {split: folder / f"{_MLX_NAMES[split]}.jsonl" for split in splits}
    return {split: folder / f"{workspace.name}-{order.layout}-{split.value}.jsonl" for split in splits}


def files_beside(workspace: "Workspace", order: LayoutOrder, folder: Path) -> list[Path]:
    """The settings and the manifest that are written beside."""
    names = snippets_of(_facts(workspace, order, folder, has_tools=False))
    return [*(folder / name for name in names), folder / MANIFEST]


def count_untrained(workspace: "Workspace", context: TaskContext | None = None) -> int:
    """Examples with an assistant message of weight 0, which most layouts cannot express; for the pool."""
    context = context or silent_context()
    found = 0
    rows = workspace.reader().execute(
        f"{_ROWS.replace(' ORDER BY e.position', '')} AND instr(b.bytes, CAST(? AS BLOB)) AND e.status <> ?",
        ('"weight"', ReviewState.REJECTED.value),
    )
    for number, (_, _, _, _, body) in enumerate(rows, 1):
        if number % 256 == 0:
            context.check()
        try:
            found += has_untrained(loads(body))
        except StudioError:
            continue
    return found


def export_layout(
    workspace: "Workspace", order: LayoutOrder, folder: Path, context: TaskContext | None = None
) -> LayoutReport:
    """Write the files of examples, then settings and manifest, each whole or not at all.

    Raises InputError where the folder is none or nothing can be written, and as the other exports.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.", "Choose one that exists.")
    context = context or silent_context()
    paths = paths_for(workspace, order, folder)
    lost: Counter[str] = Counter()
    tools = False
    reports: list[ExportReport] = []
    for split, path in paths.items():
        report, has_tools = _write_split(workspace, order, split, path, lost, context)
        reports.append(report)
        tools = tools or has_tools
    beside = [
        write_text(folder / name, text) for name, text in _snippets(workspace, order, folder, has_tools=tools)
    ]
    beside.append(write_text(folder / MANIFEST, _manifest(workspace, order, paths, reports, lost)))
    return LayoutReport(tuple(reports), tuple(beside), tuple(sorted(lost.items())))


def _write_split(
    workspace: "Workspace",
    order: LayoutOrder,
    split: Split,
    path: Path,
    lost: Counter[str],
    context: TaskContext,
) -> tuple[ExportReport, bool]:
    wanted = {split.value, None} if split is Split.TRAIN else {split.value}
    has_tools = False
    with snapshot(workspace) as connection, AtomicWriter(path) as file:
        out = Output(file, context, workspace.examples().count(), f"Writing {path.name}")
        for rank, (example_id, status, own, line, body) in enumerate(connection.execute(_ROWS), 1):
            out.seen()
            if own not in wanted or status == ReviewState.REJECTED:
                continue
            try:
                value = loads(body)
                for laid in _laid_out(value, order):
                    out.write(laid.text.encode() + b"\n", example_id)
                    lost.update(laid.lost)
            except StudioError as error:
                out.leave_out(LeftOut(example_id, rank, line, error.text))
                continue
            has_tools = has_tools or bool(value.get("tools"))
        if not out.written and split is Split.TRAIN:
            report = out.report(path)
            reason = report.left_out[0].reason if report.left_out else "The training split is empty."
            raise InputError(f"No example can be written for {order.layout.name_for_people}. {reason}")
        out.finish()
    return out.report(path), has_tools


def _laid_out(value: Any, order: LayoutOrder) -> list[Any]:
    kind = kind_of_value(value)
    if kind is not order.kind:
        wanted = "preference pairs" if order.kind is ExampleKind.PREFERENCE else "conversations"
        raise InputError(f"It is not one of the {wanted} that are trained on here.")
    return list(lay_out(value, kind, order.layout, split=order.split))


def _facts(workspace: "Workspace", order: LayoutOrder, folder: Path, *, has_tools: bool) -> SnippetFacts:
    paths = paths_for(workspace, order, folder)
    validation = paths.get(Split.VALIDATION)
    return SnippetFacts(
        layout=order.layout,
        name=workspace.name,
        training=paths[Split.TRAIN].name,
        validation=validation.name if validation else "",
        is_preference=order.kind is ExampleKind.PREFERENCE,
        is_split=order.split and not order.layout.has_weights,
        has_tools=has_tools,
        hyperparameters=order.hyperparameters.as_dict(),
        seed=order.seed,
    )


def _snippets(
    workspace: "Workspace", order: LayoutOrder, folder: Path, *, has_tools: bool
) -> list[tuple[str, str]]:
    return list(snippets_of(_facts(workspace, order, folder, has_tools=has_tools)).items())


def _manifest(
    workspace: "Workspace",
    order: LayoutOrder,
    paths: dict[Split, Path],
    reports: Sequence[ExportReport],
    lost: Counter[str],
) -> str:
    settings = {
        "layout": order.layout.value,
        "kind": order.kind.value,
        "split_after_each_trained_message": order.split and not order.layout.has_weights,
        "hyperparameters": order.hyperparameters.as_dict(),
        "seed": order.seed,
    }
    return manifest_text(workspace, dict(zip(paths, reports, strict=True)), settings, dict(lost))


def manifest_text(
    workspace: "Workspace",
    reports: dict[Split, ExportReport],
    settings: dict[str, Any],
    lost: dict[str, int] | None = None,
) -> str:
    """What was written, so that it can be known again: names, counts, sizes, sha256 and settings."""
    files = [
        {
            "split": split.value,
            "name": report.path.name,
            "lines": report.written,
            "bytes": report.bytes_written,
            "sha256": report.sha256,
            "left_out": report.n_left_out,
        }
        for split, report in reports.items()
    ]
    value = {
        "dataset": {"name": workspace.name, "uid": workspace.uid},
        "made_by": f"Finetune Studio {__version__}",
        "settings": settings,
        "files": files,
        "not_expressed": lost or {},
    }
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_text(path: Path, text: str) -> Path:
    with AtomicWriter(path) as file:
        file.write(text.encode())
    return path
