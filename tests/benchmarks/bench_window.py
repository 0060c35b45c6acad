"""The window under load: gaps of the GUI thread while a dataset is opened, checked and used."""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from finetune_studio.app import make_application
from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.application import Studio
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, percentile

_BEAT = 2
"""Milliseconds between two beats of the heart; a gap is how much later than that one comes."""
_OPENING = 60.0
"""Milliseconds in which anything opens."""


class Heart(QObject):
    """Beats as often as the GUI thread lets it."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT)
        self._timer.timeout.connect(self._on_beat)
        self._last = time.perf_counter()
        self.gaps: list[float] = []

    def start(self) -> None:
        self.gaps = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """The gaps since the start, in milliseconds."""
        self._timer.stop()
        return self.gaps

    @Slot()
    def _on_beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(max(0.0, (now - self._last) * 1000 - _BEAT))
        self._last = now


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
    heart = Heart()
    heart.start()
    started = time.perf_counter()
    studio.window.datasets.open_path(source)
    until(lambda: studio.window.workspace is not None, 300)
    opened = time.perf_counter() - started
    opening = heart.stop()
    workspace = studio.window.workspace
    assert workspace is not None
    heart.start()
    until(lambda: not workspace.lint.is_running and workspace.lint.summary.checked == size, 600)
    checking = heart.stop()
    checked = workspace.lint.summary.seconds or 0.0
    run_for(1000)
    heart.start()
    for _ in range(100):
        _press(studio, Qt.Key.Key_J)
    run_for(500)
    using = heart.stop()
    pages = _first_showings(studio) if with_pages else []
    studio.window.close()
    studio.stop()
    return [
        Result(f"window: open {size:,}", opened, "s"),
        Result(f"window: check {size:,}", checked, "s"),
        *_gaps(f"opening {size:,}", opening),
        *_gaps(f"checking {size:,}", checking),
        *_gaps(f"stepping through 100 of {size:,}", using),
        *pages,
    ]


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


def _gaps(name: str, gaps: list[float]) -> list[Result]:
    return [
        Result(f"gap while {name}, p99", percentile(gaps or [0.0], 0.99), "ms", 16.0),
        Result(f"longest gap while {name}", max(gaps, default=0.0), "ms"),
    ]


def _press(studio: Studio, key: Qt.Key) -> None:
    for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
        target = QApplication.focusWidget() or studio.window
        QApplication.postEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, "j"))
    run_for(20)


def run_for(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        run_for(10)
