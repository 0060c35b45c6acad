"""From a path to an open dataset: a dataset file, or a JSONL file that gets one."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.errors import InputError, StudioError
from finetune_studio.formats.records import kind_of_body
from finetune_studio.settings.paths import AppPaths
from finetune_studio.storage import database
from finetune_studio.storage.connection import storage_errors
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.workspace.operations.imports import ImportReport, run_import
from finetune_studio.workspace.queries.summaries import summary_of
from finetune_studio.workspace.task import TaskContext, TaskHandle, silent_context
from finetune_studio.workspace.tasks import TaskRunner
from finetune_studio.workspace.workspace import Workspace

DATASET_SUFFIX = ".ftset"
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One example of a file that is still coming in."""

    title: str
    preview: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Preview:
    """The first examples of `name`, before the dataset is ready."""

    name: str
    rows: tuple[PreviewRow, ...]


def open_any(
    path: Path, *, paths: AppPaths, runner: TaskRunner, context: TaskContext | None = None
) -> Workspace:
    """Open a dataset file; or the dataset of a text file, which is made when there is none yet.

    The dataset of `data.jsonl` is `data.ftset` beside it, or in the app's data folder where the folder
    cannot be written. What an import said is in `workspace.import_report`. Raises StudioErrors.
    """
    context = context or silent_context(path.name)
    path = path.absolute()
    if _is_dataset(path):
        return Workspace.open(path, paths=paths, runner=runner)
    existing = find_dataset(path, paths)
    if existing is not None:
        return Workspace.open(existing, paths=paths, runner=runner)
    if not path.exists():
        raise InputError(f"{path.name} does not exist in {path.parent}.", "Check the name and the folder.")
    dataset = new_dataset_path(path, paths)
    report = build_dataset(path, dataset, context)
    workspace = Workspace.open(dataset, paths=paths, runner=runner)
    workspace.database.needs_verify = False
    workspace.import_report = report
    return workspace


def open_in_background(
    path: Path,
    *,
    paths: AppPaths,
    runner: TaskRunner,
    done: Callable[[Workspace], None],
    failed: Callable[[StudioError], None] | None = None,
    partial: Callable[[Preview], None] | None = None,
) -> TaskHandle:
    """open_any without waiting: `partial` gets the first examples early, `done` the workspace."""

    def work(context: TaskContext) -> Workspace:
        return open_any(path, paths=paths, runner=runner, context=context)

    return runner.run(
        work, title=f"Open {path.name}", done=done, failed=failed, partial=partial, visible=True
    )


def build_dataset(
    source: Path, dataset: Path, context: TaskContext, *, overwrite: bool = False
) -> ImportReport:
    """Import a file into a new dataset file, fast; nothing is left behind when it fails or is cancelled.

    With `overwrite` a dataset that is there stays until the new one is whole; raises LockedDatasetError
    when it is open somewhere.
    """

    def on_preview(bodies: Sequence[bytes]) -> None:
        rows = tuple(PreviewRow(*summary_of(body), body) for body in bodies)
        context.publish(Preview(source.name, rows))

    with storage_errors(dataset):
        dataset.parent.mkdir(parents=True, exist_ok=True)
    with database.building(dataset, overwrite=overwrite) as connection:
        history = HistoryStore(connection, kind_of_body, path=dataset)
        return run_import(history, connection, source, context=context, on_preview=on_preview)


def find_dataset(source: Path, paths: AppPaths) -> Path | None:
    """The dataset made of a file earlier; None where there is none."""
    candidates = (beside(source), in_data_folder(source, paths))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def new_dataset_path(source: Path, paths: AppPaths) -> Path:
    """Where the dataset of a file goes: beside it where that can be written."""
    if os.access(source.parent, os.W_OK):
        return beside(source)
    return in_data_folder(source, paths)


def beside(source: Path) -> Path:
    """`data.jsonl` -> `data.ftset`; `data.jsonl.xz` too."""
    name = source.name
    for suffix in (".gz", ".xz", ".bz2", ".jsonl", ".json", ".ndjson", ".txt"):
        name = name.removesuffix(suffix)
    return source.with_name((name or source.name) + DATASET_SUFFIX)


def in_data_folder(source: Path, paths: AppPaths) -> Path:
    """A name in the app's data folder that no other file's dataset has."""
    mark = hashlib.sha256(str(source.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return paths.data / "datasets" / f"{source.stem}-{mark}{DATASET_SUFFIX}"


def _is_dataset(path: Path) -> bool:
    """By its first bytes, or by its name where it cannot be read (opening then says why)."""
    if path.suffix.lower() == DATASET_SUFFIX:
        return True
    if not path.is_file():  # reading a pipe would wait for ever
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False
