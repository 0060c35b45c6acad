"""Page Write in a small window of its own, on a dataset with threads as in the app."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.task_runner import QtTaskRunner
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.qt import show


class Stage:
    """A window with the page, its commands and its dataset; `stop` ends all of it."""

    def __init__(self, path: Path, theme: ThemeManager, qtbot: QtBot, *, check: bool = False) -> None:
        self.qtbot = qtbot
        self.tasks = QtTaskRunner()
        self.errors: list[BaseException] = []
        self.tasks.failed.connect(self._on_failed)
        if path.suffix == ".ftset" and not path.exists():
            self.workspace = Workspace.create(path, paths=app_paths(), runner=self.tasks.runner)
        else:
            self.workspace = Workspace.open_any(path, paths=app_paths(), runner=self.tasks.runner)
        if check:
            self.workspace.lint.start().wait(20)
        self.window = QMainWindow()
        self.commands = CommandRegistry(ALL_COMMANDS)
        self.commands.failed.connect(self._on_failed)
        self.notices: list[str] = []
        self.commands.noticed.connect(self._on_noticed)
        self.commands.register("edit.undo", self._on_undo)
        self.commands.register("edit.redo", self._on_redo)
        for flag in ("dataset", "page.write", *(() if self.workspace.read_only else ("writable",))):
            self.commands.set_flag(flag, True)
        self.commands.install(self.window)
        self.page = WritePage(self.workspace, self.commands, theme, self.window)
        self.window.setCentralWidget(self.page)
        show(qtbot, self.window, 1280, 800)
        self.page.on_shown()
        self.settle()

    def settle(self) -> None:
        """Until every change is made, every list asked for is there and the open example is shown."""
        self._quiet_looks = 0
        self.qtbot.waitUntil(self._is_settled, timeout=10_000)

    def _is_settled(self) -> bool:
        page = self.page
        quiet = not any(timer.isActive() for timer in (page._count_timer, page.list._timer))
        quiet = quiet and not page.shown.is_pending and page.details._next is None
        quiet = quiet and page.list.is_listed and not self.workspace.pending_writes
        quiet = quiet and not self.tasks.runner.tasks()
        self._quiet_looks = self._quiet_looks + 1 if quiet else 0
        return self._quiet_looks > 2  # An answer may still be on its way to this thread.

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, to whatever has the focus, as from the keyboard."""
        QTest.keyClick(self.focus(), key, modifiers)

    def focus(self) -> QWidget:
        found = QApplication.focusWidget()
        return found if found is not None else self.window

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focus(), text)

    def titles(self) -> list[str]:
        """The first line of every row."""
        model = self.page.model
        return [str(model.index(row).data()) for row in range(model.rowCount())]

    def bodies(self) -> list[bytes]:
        """The text of every example."""
        return [row[3] for row in self.workspace.examples().bodies()]

    def title(self) -> str:
        """The heading over the open example."""
        return self.page.pane.header.title.text()

    def _on_failed(self, error: BaseException) -> None:
        self.errors.append(error)

    def _on_noticed(self, text: object, _action: object, _callback: object) -> None:
        self.notices.append(str(text))

    def _on_undo(self) -> None:
        self.page.flush()
        self.workspace.undo()

    def _on_redo(self) -> None:
        self.page.flush()
        self.workspace.redo()

    def stop(self) -> None:
        self.page.close_page()
        self.workspace.close(5)
        self.tasks.runner.close(5)
        self.window.close()
        assert self.errors == []
