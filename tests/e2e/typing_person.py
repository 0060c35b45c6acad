"""A person at the keyboard: keys to whatever has the focus, and waiting as a person does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.write.write_page import WritePage
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.window import close_studio

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier


class Person:
    """Opens the app on a dataset, types, and closes it again."""

    def __init__(self, qapp: QApplication, qtbot: QtBot, path: Path) -> None:
        self._qtbot = qtbot
        self.studio = Studio(qapp, app_paths(), "light")
        self.studio.start()
        self.studio.window.resize(1440, 900)
        qtbot.waitUntil(self.studio.window.isActiveWindow)
        if not path.exists():
            Workspace.create(path, paths=app_paths(), runner=self.studio.tasks.runner).close(5)
        with qtbot.waitSignal(self.studio.window.datasets.opened, timeout=20_000):
            self.studio.window.datasets.open_path(path)
        qtbot.waitUntil(lambda: self.studio.window.pages.page("write") is not None)
        page = self.studio.window.pages.page("write")
        assert isinstance(page, WritePage)
        self.page = page
        qtbot.waitUntil(lambda: page.list.is_listed)

    @property
    def workspace(self) -> Workspace:
        workspace = self.studio.window.workspace
        assert workspace is not None
        return workspace

    def leave(self) -> None:
        """Close the app as a person does; what was typed last is kept."""
        close_studio(self.studio)

    def focus(self) -> QWidget:
        found = QApplication.focusWidget() or QApplication.activeWindow()
        assert found is not None, "no window is active"
        return found

    def press(self, key: Qt.Key, modifiers: Any = _NONE) -> None:
        self._qtbot.keyClick(self.focus(), key, modifiers)

    def type(self, text: str) -> None:
        self._qtbot.keyClicks(self.focus(), text)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        def check() -> None:
            assert condition(), f"waited for {what}; the focus is in {self.focus().accessibleName()!r}"

        self._qtbot.waitUntil(check, timeout=10_000)

    def run(self, title: str) -> None:
        """A command by its name, in the palette."""
        self.press(Qt.Key.Key_K, CONTROL)
        self.wait(self._in_palette, "the palette")
        self.type(title)
        self.press(Qt.Key.Key_Return)

    def _in_palette(self) -> bool:
        return any("Palette" in type(each).__name__ for each in _with_parents(self.focus()))

    def new_example(self) -> None:
        count = len(self.page.model.ids)
        self.press(Qt.Key.Key_N, CONTROL)
        view = self.page.pane.conversation
        self.wait(lambda: len(self.page.model.ids) == count + 1, "the new example")
        self.wait(lambda: view.focused_index() >= 0, "the caret in it")

    def index(self) -> int:
        """The message that is being written."""
        return self.page.pane.conversation.focused_index()

    def go_down(self) -> None:
        """To the next message."""
        wanted = self.index() + 1
        self.press(Qt.Key.Key_PageDown, CONTROL)
        self.wait(lambda: self.index() == wanted, f"message {wanted}")

    def add_turn(self) -> None:
        wanted = self.index() + 1
        self.press(Qt.Key.Key_Return, CONTROL)
        self.wait(lambda: self.index() == wanted, f"message {wanted}")

    def tab_to(self, words: str, back: bool = False) -> None:
        """Tab (or Shift+Tab) until something of this name has the focus."""
        for _ in range(12):
            if words in self.focus().accessibleName():
                return
            self.press(Qt.Key.Key_Tab, SHIFT if back else _NONE)
        raise AssertionError(f"Tab does not lead to {words!r}")

    def settle(self) -> None:
        """What was typed is kept, and nothing waits."""
        self.page.flush()
        self.wait(lambda: not self.workspace.pending_writes, "the changes to be kept")
        self.wait(lambda: not self.page.pane.conversation.has_drafts(), "the drafts to be kept")

    def undo(self) -> None:
        self._step(Qt.KeyboardModifier.ControlModifier)

    def redo(self) -> None:
        self._step(CONTROL | SHIFT)

    def _step(self, modifiers: Any) -> None:
        before = self.workspace.history.labels
        self.press(Qt.Key.Key_Z, modifiers)
        self.wait(lambda: self.workspace.history.labels is not before, "a step of the history")
        self.wait(lambda: not self.workspace.pending_writes, "the step to be made")

    def undo_all(self) -> int:
        """To the start; how many steps that were."""
        steps = 0
        while self.workspace.history.can_undo:
            self.undo()
            steps += 1
        return steps

    def redo_all(self) -> int:
        steps = 0
        while self.workspace.history.can_redo:
            self.redo()
            steps += 1
        return steps

    def exported(self, path: Path) -> bytes:
        """What an export of the dataset as it is writes."""
        export_as_is(self.workspace, path)
        return path.read_bytes()


def _with_parents(widget: QWidget | None) -> list[QWidget]:
    found = []
    while widget is not None:
        found.append(widget)
        widget = widget.parentWidget()
    return found
