"""Opening, importing and exporting whole datasets through the workspace, and finding things in them."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.exporting import ExportFilter, export_as_is
from finetune_studio.workspace.opening import Preview, open_in_background
from finetune_studio.workspace.queries import examples
from finetune_studio.workspace.task import silent_context
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, median_seconds


def run(sizes: Sequence[int]) -> list[Result]:
    """One dataset of each size: import, open again, list, filter, export."""
    results: list[Result] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            results += _one(dataset_of(size), Path(folder), size)
    return results


def _one(data: Path, folder: Path, size: int) -> list[Result]:
    source = folder / "data.jsonl"
    source.symlink_to(data)
    paths = AppPaths(folder / "config", folder / "data", folder / "cache")
    runner = ImmediateRunner()
    seen: list[float] = []
    opened: list[Workspace] = []
    started = time.perf_counter()

    def on_preview(_preview: Preview) -> None:
        if not seen:
            seen.append(time.perf_counter() - started)

    open_in_background(source, paths=paths, runner=runner, done=opened.append, partial=on_preview)
    imported = time.perf_counter() - started
    (workspace,) = opened
    dataset = workspace.path
    ids = examples.list_ids(workspace)
    first = seen[0] if seen else imported
    results = [
        Result(f"first rows of {size:,}", first, "s", 0.5),
        Result(f"import {size:,}", imported, "s", note=f"{data.stat().st_size / imported / 1e6:.0f} MB/s"),
        Result(f"list all ids of {size:,}", _ms(lambda: examples.list_ids(workspace)), "ms", 100),
        Result(
            f"filter is:to_review at {size:,}",
            _ms(lambda: examples.list_ids(workspace, "is:to_review")),
            "ms",
            100,
        ),
        Result(f"rows of a screen at {size:,}", _ms(lambda: _a_screen(workspace, ids)), "ms", 16),
    ]
    out = folder / "out.jsonl"
    exported = median_seconds(
        lambda: export_as_is(workspace, out, ExportFilter(), silent_context()), repeats=1
    )
    assert out.read_bytes() == data.read_bytes(), "the export is not the import"
    results.append(Result(f"export {size:,} as it is", exported, "s"))
    workspace.close()

    def open_again() -> None:
        again = Workspace.open(dataset, paths=paths, runner=runner)
        examples.rows(again, list(examples.list_ids(again)[:50]))
        again.close()

    results.append(Result(f"open {size:,} again, first rows", median_seconds(open_again), "s", 0.5))
    return results


def _a_screen(workspace: Workspace, ids: Sequence[int]) -> None:
    examples.rows(workspace, list(ids[len(ids) // 2 : len(ids) // 2 + 20]))


def _ms(work: object) -> float:
    assert callable(work)
    work()
    return median_seconds(work) * 1000
