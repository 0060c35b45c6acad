"""Changing the whole dataset at once: find and replace, system prompts, weights, versions."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations import prompts, versions
from finetune_studio.workspace.operations.replace import replace_hits
from finetune_studio.workspace.queries.find import FindOptions, find_hits
from finetune_studio.workspace.queries.versions import compare
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result

T = TypeVar("T")


def run(sizes: Sequence[int]) -> list[Result]:
    """Operations are called without the checks that follow them in the window."""
    results: list[Result] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            results += _one(dataset_of(size), Path(folder), size)
    return results


def _one(data: Path, folder: Path, size: int) -> list[Result]:
    source = folder / "data.jsonl"
    source.symlink_to(data)
    paths = AppPaths(folder / "config", folder / "data", folder / "cache")
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    ids = IdSet.of(number for chunk in workspace.examples().ids() for number in chunk)
    found, looked = _timed(lambda: find_hits(workspace, FindOptions("thank you", "thanks")))
    patterns = [
        _by_pattern(workspace, r"\b(you|your)\b", r"<\1>", size),
        _by_pattern(workspace, r"(\w+)\s+you\b", r"\1 us", size),
    ]
    _report, replaced = _timed(lambda: replace_hits(workspace, found.hits, "thank you"))
    _nothing, undone = _timed(workspace.history_store.undo)
    version, named = _timed(lambda: versions.name_version(workspace, "start"))
    _report2, prompted = _timed(lambda: prompts.set_system_prompt(workspace, ids, "Be brief."))
    _report3, weighed = _timed(lambda: prompts.train_last_answer(workspace, ids))
    _found, compared = _timed(lambda: compare(workspace, version))
    _changes, restored = _timed(lambda: versions.restore_version(workspace, version))
    workspace.close()
    limit = 2.0 * size / 20_000
    return [
        Result(f"find {len(found.hits):,} places in {size:,}", looked, "s", limit),
        *(result for of_one in patterns for result in of_one),
        Result(f"replace them ({found.n_examples:,} examples)", replaced, "s", limit),
        Result("undo the replacement", undone, "s"),
        Result(f"set the system prompt of {size:,}", prompted, "s"),
        Result(f"train only the last answer of {size:,}", weighed, "s"),
        Result(f"name a version of {size:,}", named, "s"),
        Result("compare it with now", compared, "s"),
        Result("restore it", restored, "s"),
    ]


def _by_pattern(workspace: Workspace, pattern: str, replacement: str, size: int) -> list[Result]:
    """Search and replace by a regular expression in one thread (in a window, two processes search)."""
    found, matched = _timed(
        lambda: find_hits(workspace, FindOptions(pattern, replacement, is_regex=True)), time.process_time
    )
    _report, replaced = _timed(lambda: replace_hits(workspace, found.hits, pattern), time.process_time)
    workspace.history_store.undo()
    number = f"{len(found.hits):,} places in {size:,}"
    return [
        Result(f"find {pattern} at {number} (CPU)", matched, "s"),
        Result(f"  replace them (CPU; both within {2.0 * size / 20_000:g} s)", replaced, "s"),
    ]


def _timed(work: Callable[[], T], clock: Callable[[], float] = time.perf_counter) -> tuple[T, float]:
    started = clock()
    result = work()
    return result, clock() - started
