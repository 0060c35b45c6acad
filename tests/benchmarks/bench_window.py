"""The window under load: gaps of the GUI thread while a dataset is opened, checked and used."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from finetune_studio.app import make_application
from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.application import Studio
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result
from tests.benchmarks.gaps import told
from tests.benchmarks.heart import Heart, run_for, until

_OPENING = 60.0
"""Milliseconds in which anything opens."""
_STEPS = 100


def run(sizes: Sequence[int]) -> list[Result]:
    """Open and check each size in a real window (offscreen)."""
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    results: list[Result] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            results += _one(app, dataset_of(size), Path(folder), size, with_pages=size == min(sizes))
    return results


def _one(app: QApplication, data: Path, folder: Path, size: int, with_pages: bool) -> list[Result]:
    source = folder / "data.jsonl"
    shutil.copy(data, source)
    studio = Studio(app, AppPaths(folder / "config", folder / "data", folder / "cache"), "light")
    studio.tasks.runner.spares_process = True
    studio.start()
    run_for(300)
    heart = Heart(watches=True)
    heart.start()
    started = time.perf_counter()
    studio.window.datasets.open_path(source)
    until(lambda: studio.window.workspace is not None, 300)
    opened = time.perf_counter() - started
    heart.stop()
    results = [Result(f"window: open {size:,}", opened, "s"), *told(f"opening {size:,}", heart.beats)]
    workspace = studio.window.workspace
    assert workspace is not None
    heart.start()
    until(lambda: not workspace.lint.is_running and workspace.lint.summary.checked == size, 600)
    heart.stop()
    checked = workspace.lint.summary.seconds or 0.0
    results += [Result(f"window: check {size:,}", checked, "s"), *told(f"checking {size:,}", heart.beats)]
    run_for(1000)
    results += _stepping(studio, heart, f"stepping through {_STEPS} of {size:,} while it is indexed and kept")
    until(lambda: not studio.tasks.runner.tasks(), 300)
    run_for(6000)
    results += _stepping(studio, heart, f"stepping through {_STEPS} more of {size:,}")
    heart.start()
    run_for(3000)
    heart.stop()
    results += told("idle (what the machine does)", heart.beats)
    if with_pages:
        results += _first_showings(studio)
    studio.window.close()
    studio.stop()
    return results


def _stepping(studio: Studio, heart: Heart, name: str) -> list[Result]:
    """Fifty keys a second."""
    heart.start()
    for _ in range(_STEPS):
        press(studio, Qt.Key.Key_J)
    run_for(500)
    heart.stop()
    return told(name, heart.beats)


def _first_showings(studio: Studio) -> list[Result]:
    """Making each page and laying it out, in the time of the GUI thread alone: median of five."""
    stack, workspace = studio.window.pages, studio.window.workspace
    keys = stack.keys()
    taken: dict[str, list[float]] = {key: [] for key in keys}
    for _ in range(5):
        stack.set_workspace(workspace)
        for key, times in taken.items():
            run_for(200)
            started = time.thread_time()
            stack.show_page(key)
            QApplication.sendPostedEvents()
            times.append((time.thread_time() - started) * 1000)
    return [
        Result(f"first showing of page {key}", median(times), "ms", _OPENING) for key, times in taken.items()
    ]


def press(studio: Studio, key: Qt.Key) -> None:
    """A key with its letter, and 20 ms for what it does."""
    for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
        target = QApplication.focusWidget() or studio.window
        QApplication.postEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "j"))
    run_for(20)
