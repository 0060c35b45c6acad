"""The list of examples: showing it, scrolling, filtering, choosing all."""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.models.example_list_model import ExampleListModel
from finetune_studio.ui.models.id_list import find_ids
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.example_list import ExampleListView
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.workspace.queries.examples import list_ids, rows
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, percentile

_FRAMES = 400


def run(sizes: Sequence[int]) -> list[Result]:
    """A list of each size in a window of its own, without threads: every figure is the whole wait."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme = ThemeManager(app, "light")
    results: list[Result] = []
    for size in sizes:
        folder = Path(tempfile.mkdtemp())
        try:
            results += _measure(app, folder, size)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    assert theme.theme
    return results


def _measure(app: QApplication, folder: Path, size: int) -> list[Result]:
    source = folder / "data.jsonl"
    source.symlink_to(dataset_of(size))
    paths = AppPaths(folder / "config", folder / "data", folder / "cache")
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    parent = QObject()
    model = ExampleListModel(lambda ids: rows(workspace, ids))
    view = ExampleListView(model)
    view.resize(348, 800)
    controller = ListController(workspace, model, view, parent)
    view.show()
    app.processEvents()
    found = find_ids(workspace, "")

    def show() -> None:
        model.set_ids(found)
        view.repaint()
        view.viewport().repaint()

    shown = _seconds(show)
    name = f"list of {size:,}"
    results = [Result(f"{name}: show", shown * 1000, "ms", 50)]
    frames = _frames(view)
    results.append(Result(f"{name}: scroll frame, p95", percentile(frames, 0.95) * 1000, "ms", 16))
    results.append(Result(f"{name}: scroll frame, worst", max(frames) * 1000, "ms", 16))
    controller.set_query("-is:rejected")

    def filtered(text: str) -> Callable[[], None]:
        def work() -> None:
            controller.set_query(text)
            view.viewport().repaint()

        return work

    for text in ("is:approved", "is:to-review", ""):
        seconds = _seconds(filtered(text))
        target = 100 * size / 160_000 if size > 160_000 else 100
        label = text or "no filter"
        results.append(Result(f"{name}: {label} to view", seconds * 1000, "ms", target))
    results.append(Result(f"{name}: ids by SQL alone", _seconds(lambda: list_ids(workspace)) * 1000, "ms"))
    results.append(Result(f"{name}: choose all", _seconds(view.selectAll) * 1000, "ms", 16))
    view.deleteLater()
    app.processEvents()
    workspace.close()
    return results


def _frames(view: ExampleListView) -> list[float]:
    """Seconds of each repaint: wheel steps first, then jumps anywhere."""
    bar = view.verticalScrollBar()
    times = []
    for frame in range(_FRAMES):
        wheel = frame < _FRAMES // 2
        bar.setValue(bar.value() + 96 if wheel else (frame * 7919 * 64) % max(1, bar.maximum()))
        times.append(_seconds(view.viewport().repaint))
    return times


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
