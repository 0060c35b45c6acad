"""Somebody else writes: another window has the dataset, or the file it was made of has grown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.application import Studio
from finetune_studio.workspace.operations import messages
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.window import close_studio, make_studio, write_chat_file


@pytest.fixture
def studio(qapp: QApplication, qtbot: QtBot) -> Iterator[Studio]:
    made = make_studio(qapp, qtbot)
    yield made
    close_studio(made)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_chat_file(tmp_path / "data.jsonl", 3)


@pytest.fixture
def other(source: Path) -> Iterator[Workspace]:
    """Stands for another window that has the dataset open."""
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


def words(studio: Studio) -> str:
    banner = studio.window.banner
    return banner.label.text() if banner.isVisible() else ""


def press_action(studio: Studio, qtbot: QtBot, text: str) -> None:
    action = studio.window.banner.action
    assert action.text() == text
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=10_000):
        qtbot.mouseClick(action, Qt.MouseButton.LeftButton)


def test_a_window_for_reading_says_why_follows_and_may_write_later(
    studio: Studio, qtbot: QtBot, other: Workspace
) -> None:
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=10_000):
        studio.window.datasets.open_read_only(other.path)
    assert words(studio).startswith(
        "data.ftset is open for reading only, because another window works on it."
    )
    assert studio.window.banner.action.text() == "Open for writing"
    with qtbot.waitSignal(studio.window.datasets.failed, timeout=10_000):
        studio.window.banner.action.click()
    assert "open in another window" in words(studio)
    qtbot.waitUntil(lambda: studio.window.reading._revision is not None)
    other.perform(messages.set_message_text, 1, 1, "Changed over there.")
    studio.window.reading.look()
    qtbot.waitUntil(lambda: words(studio) == "The other window has changed data.ftset since you opened it.")
    press_action(studio, qtbot, "Look again")
    assert studio.window.workspace is not None
    assert studio.window.workspace.read_only
    assert b"over there" in get_example(studio.window.workspace, 1).body
    other.close()
    studio.window.reading.look()
    assert words(studio).startswith("The other window has closed data.ftset.")
    press_action(studio, qtbot, "Open for writing")
    assert not studio.window.workspace.read_only
    assert studio.commands.action("file.import").isEnabled()
    assert words(studio) == ""


def test_new_lines_of_the_imported_file_are_offered(studio: Studio, qtbot: QtBot, source: Path) -> None:
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=10_000):
        studio.window.datasets.open_path(source)
    studio.commands.invoke("file.close")
    with source.open("ab") as file:
        file.write(chat_line(("user", "New?"), ("assistant", "Yes.")))
    with qtbot.waitSignal(studio.window.datasets.opened, timeout=10_000):
        studio.window.datasets.open_path(source)
    studio.window.sources.look()
    qtbot.waitUntil(lambda: "it has 1 example that is not here" in words(studio))
    with qtbot.waitSignal(studio.commands.noticed, timeout=10_000) as caught:
        studio.window.banner.action.click()
    assert caught.args is not None
    assert caught.args[0] == "Imported 1 example from data.jsonl."
    assert studio.window.workspace is not None
    assert studio.window.workspace.examples().count() == 4
