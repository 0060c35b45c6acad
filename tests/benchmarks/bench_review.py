"""Page Write at size: open, scroll, filter, sort, group, choose all, change all; gaps of the GUI thread."""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QMainWindow

from finetune_studio.app import make_application
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.garbage import GarbageCollector
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.history_dialogs import HistoryDialog
from finetune_studio.ui.write.versions_dialog import VersionsDialog
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.opening import open_any
from finetune_studio.workspace.operations import prompts, versions
from finetune_studio.workspace.workspace import Workspace
from tests.benchmarks.data import dataset_of
from tests.benchmarks.framework import Result, percentile
from tests.benchmarks.heart import Heart, run_for, until

_CHECKED_UP_TO = 200_000
"""Examples up to which the dataset is checked first; beyond, what needs the checks is not measured."""
_PATIENCE = 300
_DECISIONS = 1_000


class _Page:
    """The page alone in a window, with threads as in the app."""

    def __init__(self, app: QApplication, source: Path, folder: Path, size: int) -> None:
        self.results: list[Result] = []
        self.size = size
        self.heart = Heart()
        self.tasks = QtTaskRunner()
        self.tasks.runner.spares_process = True
        self.commands = CommandRegistry(ALL_COMMANDS)
        self.theme = ThemeManager(app, "light")
        paths = AppPaths(folder / "config", folder / "data", folder / "cache")
        opened: list[Workspace] = []

        def begin() -> None:
            self.tasks.runner.run(
                lambda context: open_any(source, paths=paths, runner=self.tasks.runner, context=context),
                title="Open",
                done=opened.append,
            )

        self.measure("open", begin, lambda: bool(opened), 0.5 if size <= 20_000 else None)
        self.workspace = opened[0]
        if size <= _CHECKED_UP_TO:
            self.workspace.lint.start()
            until(lambda: self.workspace.lint.summary.checked == size, _PATIENCE)
            until(lambda: not self.workspace.lint.is_running, _PATIENCE)
        self.window = QMainWindow()
        for flag in ("dataset", "page.write", "writable"):
            self.commands.set_flag(flag, True)
        self.commands.install(self.window)

        def show() -> None:
            self.page = WritePage(self.workspace, self.commands, self.theme, self.window)
            self.window.setCentralWidget(self.page)
            self.window.resize(1440, 900)
            self.window.show()

        self.measure("show the page", show, lambda: self.page.list.is_listed)

    def idle(self) -> None:
        """What the machine does to a thread that has nothing to do: the measure of the gaps above."""
        self.heart.start()
        run_for(3000)
        gaps = self.heart.stop()
        note = f"control: {self.heart.longest()}"
        self.results.append(Result("  longest gap while idle", max(gaps), "ms", note=note))

    def measure(
        self, name: str, begin: Callable[[], object], is_done: Callable[[], bool], target: float | None = None
    ) -> None:
        """From the wish to what shows it, in seconds, and the longest stop of the GUI thread on the way."""
        self.heart.start()
        started = time.perf_counter()
        begin()
        until(is_done, _PATIENCE)
        QApplication.processEvents()
        seconds = time.perf_counter() - started
        run_for(200)
        gaps = self.heart.stop()
        label = f"{self.size:,}: {name}"
        self.results.append(Result(label, seconds, "s", target))
        self.results.append(Result("  longest gap", max(gaps), "ms", 16.0, note=str(self.heart.longest())))

    def listed(self, name: str, begin: Callable[[], object], target: float | None = None) -> None:
        """Something that asks for the list again."""
        told: list[bool] = []

        @Slot()
        def on_listed() -> None:
            told.append(True)

        connection = self.page.list.listed.connect(on_listed)
        self.measure(name, begin, lambda: bool(told), target)
        self.page.list.listed.disconnect(connection)

    def changed(self, name: str, begin: Callable[[], object]) -> None:
        """A change of all that is chosen, until the dataset has it."""
        self.measure(name, begin, lambda: not self.workspace.pending_writes)
        until(lambda: not self.page.list._timer.isActive(), _PATIENCE)
        run_for(300)

    def dialog(self, name: str, make: type[HistoryDialog] | type[VersionsDialog]) -> None:
        """Opens a dialog, until its list is filled, and closes it."""
        made: list[HistoryDialog | VersionsDialog] = []

        def begin() -> None:
            made.append(make(self.workspace, self.commands, self.window))
            made[0].show()

        def is_filled() -> bool:
            of = made[0].list if isinstance(made[0], HistoryDialog) else made[0].changes
            return of.count() > 0

        self.measure(name, begin, is_filled, 1.0)
        made[0].reject()
        made[0].deleteLater()
        run_for(100)

    def close(self) -> None:
        self.page.close_page()
        self.workspace.close(None)
        self.tasks.runner.close(5)
        self.window.close()
        self.window.deleteLater()


def run(sizes: Sequence[int]) -> list[Result]:
    """Each size in a window of its own."""
    app = QApplication.instance() or make_application()
    assert isinstance(app, QApplication)
    results: list[Result] = []
    collector = GarbageCollector()  # as the app has it
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = folder / "data.jsonl"
            shutil.copy(dataset_of(size), source)
            page = _Page(app, source, folder, size)
            page.idle()
            _look(page)
            page.idle()
            _change(page)
            _history(page)
            page.idle()
            results += page.results
            page.close()
    collector.stop()
    return results


def _look(on: _Page) -> None:
    limit = 0.1 * max(1.0, on.size / 160_000)
    run = on.commands.invoke
    frames = []
    bar = on.page.panel.view.verticalScrollBar()
    for frame in range(200):
        bar.setValue(bar.value() + 96 if frame < 100 else (frame * 7919 * 64) % max(1, bar.maximum()))
        started = time.perf_counter()
        on.page.panel.view.viewport().repaint()
        frames.append((time.perf_counter() - started) * 1000)
    on.results.append(Result("  scroll frame, p95", percentile(frames, 0.95), "ms", 16.0))
    for query in ("is:to-review", "-is:to-review", "source:data", ""):
        on.listed(f"filter {query or 'by nothing'}", lambda query=query: on.page.set_filter(query), limit)
    sorts = ["edited", "status", "random"]
    if on.size <= _CHECKED_UP_TO:
        sorts += ["tokens", "findings"]
    for sort in sorts:
        on.listed(f"sort by {sort}", lambda sort=sort: run(f"list.sort_{sort}"), limit)
    on.listed("sort by position", lambda: run("list.sort_position"), limit)
    for grouping in ("split", "tag", "prompt"):
        on.listed(f"group by {grouping}", lambda grouping=grouping: run(f"list.group_{grouping}"))
    on.listed("close all groups", lambda: run("list.close_groups"))
    on.listed("no groups", lambda: run("list.group_none"), limit)


def _change(on: _Page) -> None:
    view, examples = on.page.panel.view, on.page.examples
    on.measure("choose all", lambda: on.commands.invoke("list.choose_all"), lambda: view.is_all_selected)
    for name, change in (
        ("approve all", lambda: examples.set_status(ReviewState.APPROVED)),
        ("tag all", lambda: examples.add_tag("benchmark")),
        ("split all", lambda: examples.set_split(Split.TRAIN)),
        ("delete all", examples.delete),
    ):
        view.selectAll()
        on.changed(name, change)
        on.changed(f"undo: {name}", on.workspace.undo)


def _history(on: _Page) -> None:
    """A thousand small steps, one of everything, and a version to compare with."""
    workspace = on.workspace
    until(lambda: len(on.page.list._model.ids) == on.size, _PATIENCE)  # what was deleted is there again
    ids = IdSet.of(on.page.list._model.ids)

    def work(opened: Workspace) -> None:
        versions.name_version(opened, "before")
        prompts.set_system_prompt(opened, ids, "Be brief.")
        for number in range(_DECISIONS):
            with opened.step("review.status", {"count": 1}) as step:
                state = ReviewState.REJECTED if number % 2 else ReviewState.TO_REVIEW
                step.set_status(IdSet.of([ids.ranges[0][0]]), state)

    told: list[object] = []
    workspace.perform(work, done=told.append)
    until(lambda: bool(told), _PATIENCE)
    run_for(500)
    on.dialog(f"open the list of {_DECISIONS:,} steps", HistoryDialog)
    on.dialog("compare a version with now", VersionsDialog)
