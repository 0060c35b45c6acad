"""A main window with stub pages, its threads, and datasets in the temporary folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.ui.shell.pages import PageSpec
from finetune_studio.ui.widgets import SearchField
from tests.helpers.builders import chat_line

PAGES = (
    ("write", "Write", "pencil"),
    ("check", "Check", "list-checks"),
    ("tune", "Fine-tune", "sliders-horizontal"),
    ("try", "Try", "messages-square"),
)


class StubPage(QWidget):
    """Has every signal and method that the main window may use, and notes the calls."""

    open_example_requested = Signal(object)
    filter_requested = Signal(str)
    page_requested = Signal(str)
    ask_model_requested = Signal(object)
    help_requested = Signal(str)

    def __init__(self, key: str, workspace: Any, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.key = key
        self.workspace = workspace
        self.calls: list[tuple[str, Any]] = []
        self.may_close = True
        layout = QVBoxLayout(self)
        self.search_field = SearchField("Filter")
        layout.addWidget(self.search_field)
        layout.addWidget(QLabel(key))

    def on_shown(self) -> None:
        self.calls.append(("shown", None))

    def flush(self) -> None:
        self.calls.append(("flush", None))

    def confirm_close(self) -> bool:
        return self.may_close

    def open_example(self, example_id: int, location: object) -> None:
        self.calls.append(("open", (example_id, location)))

    def set_filter(self, text: str) -> None:
        self.calls.append(("filter", text))

    def choose_model(self, model: object) -> None:
        self.calls.append(("model", model))

    def show_findings(self, severity: str) -> None:
        self.calls.append(("findings", severity))


def _factory(key: str) -> Callable[..., QWidget]:
    def make(workspace: Any, _commands: Any, _theme: Any, parent: QWidget | None) -> QWidget:
        return StubPage(key, workspace, parent)

    return make


def stub_pages() -> tuple[PageSpec, ...]:
    return tuple(PageSpec(key, title, icon, _factory(key)) for key, title, icon in PAGES)


def make_studio(qapp: QApplication, qtbot: QtBot) -> Studio:
    """A shown window without a dataset; call `close_studio` at the end."""
    studio = Studio(qapp, app_paths(), "light", stub_pages())
    studio.start()
    qtbot.waitUntil(studio.window.isActiveWindow)
    return studio


def close_studio(studio: Studio) -> None:
    """Close the window as a person does: what was typed last is kept, and its threads end."""
    studio.window.pages.set_workspace(None)
    studio.window.datasets.close_patiently()
    studio.window.close()
    studio.stop()
    studio.window.deleteLater()


def write_chat_file(path: Path, count: int) -> Path:
    """A JSONL file with so many conversations, all different."""
    path.write_bytes(
        b"".join(
            chat_line(("user", f"Question number {n}?"), ("assistant", f"The answer is {n}."))
            for n in range(count)
        )
    )
    return path
