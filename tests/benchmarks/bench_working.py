"""Working while a whole check runs: typing, scrolling and searching; then cancelling it, and closing."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from finetune_studio.app import make_application
from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.write.write_page import WritePage
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result
from tests.benchmarks.gaps import told
from tests.benchmarks.heart import Gap, Heart, run_for, until
from tests.helpers.processes import worker_processes

_SPELL = 1500
"""Milliseconds of each kind of work before the next one."""
_ROUNDS = 8
_CANCELLED_WITHIN = 0.3
_WORDS = ("paris", '"how many"', "thank you", "")


def run(sizes: Sequence[int]) -> list[Result]:
    """Each size in a real window (offscreen)."""
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    results: list[Result] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            results += _one(app, dataset_of(size), Path(folder), size)
    return results


def _one(app: QApplication, data: Path, folder: Path, size: int) -> list[Result]:
    source = folder / "data.jsonl"
    shutil.copy(data, source)
    studio = Studio(app, AppPaths(folder / "config", folder / "data", folder / "cache"), "light")
    studio.tasks.runner.spares_process = True
    studio.start()
    run_for(300)
    studio.window.datasets.open_path(source)
    until(lambda: studio.window.workspace is not None, 600)
    workspace = studio.window.workspace
    assert workspace is not None
    page = studio.window.pages.page("write")
    assert isinstance(page, WritePage)
    until(lambda: page.list.is_listed and workspace.lint.is_running, 60)
    gaps: dict[str, list[Gap]] = {"typing": [], "scrolling": [], "searching": []}
    works: dict[str, Callable[[], Iterator[None]]] = {
        "typing": lambda: _type(page),
        "scrolling": lambda: _scroll(page),
        "searching": lambda: _search(page),
    }
    for _ in range(_ROUNDS):
        for name, work in works.items():
            gaps[name] += _spell(work(), lambda: workspace.lint.is_running)
    if not workspace.lint.is_running:
        workspace.lint.start()
        until(lambda: workspace.lint.is_running, 10)
        run_for(300)
    cancelled = _seconds_until(workspace.lint.stop, lambda: not workspace.lint.is_running)
    closed = _seconds_until(lambda: _close(studio), lambda: not worker_processes())
    left = len(worker_processes())
    return [
        *chain.from_iterable(told(f"{name}, {size:,} being checked", found) for name, found in gaps.items()),
        Result(f"cancel the check of {size:,}", cancelled, "s", _CANCELLED_WITHIN),
        Result("close the app, every worker gone", closed, "s", note=f"{left} left"),
    ]


def _spell(steps: Iterator[None], goes_on: Callable[[], bool]) -> list[Gap]:
    """The gaps of the GUI thread while these steps are done; none of those after the check's end."""
    heart = Heart(watches=True)
    heart.start()
    until_when = time.monotonic() + _SPELL / 1000
    while goes_on() and time.monotonic() < until_when:
        next(steps)
    heart.stop()
    return heart.beats


def _type(page: WritePage) -> Iterator[None]:
    """Twenty keys a second into the first message."""
    view = page.pane.conversation
    view.focus_first()
    while True:
        target = QApplication.focusWidget() or page
        for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
            QApplication.postEvent(target, QKeyEvent(kind, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))
        run_for(50)
        yield


def _scroll(page: WritePage) -> Iterator[None]:
    """Sixty moves a second, small ones and, each second, one far away."""
    bar = page.panel.view.verticalScrollBar()
    frame = 0
    while True:
        frame += 1
        bar.setValue(bar.value() + 48 if frame % 60 else (frame * 104_729 * 64) % max(1, bar.maximum()))
        run_for(16)
        yield


def _search(page: WritePage) -> Iterator[None]:
    """Another search as soon as the last one is answered, at most five a second."""
    for number in range(10**6):
        word = _WORDS[number % len(_WORDS)]
        page.set_filter(word)
        run_for(200)
        yield


def _close(studio: Studio) -> None:
    studio.window.close()
    studio.stop()


def _seconds_until(begin: Callable[[], object], is_done: Callable[[], bool]) -> float:
    started = time.perf_counter()
    begin()
    until(is_done, 30)
    return time.perf_counter() - started
