from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from finetune_studio.resource_files import resource
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.welcome.templates import load_templates
from finetune_studio.ui.welcome.tiles import RecentRow, Tile
from finetune_studio.ui.welcome.welcome_page import SHOWN_RECENT, WelcomePage
from tests.helpers.qt import show


class Opener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def sample(self) -> None:
        self.done.append("sample")

    def choose(self) -> None:
        self.done.append("open")


@pytest.fixture
def page(commands: CommandRegistry, qtbot: QtBot) -> WelcomePage:
    made = WelcomePage(commands)
    show(qtbot, made, 1280, 800)
    return made


def test_every_template_has_its_file_and_icon() -> None:
    templates = load_templates()
    assert len(templates) >= 7
    for template in templates:
        assert template.file.stat().st_size > 0
        assert not icon(template.icon).isNull()


def test_the_sample_and_the_file_are_commands(
    page: WelcomePage, commands: CommandRegistry, qtbot: QtBot
) -> None:
    opener = Opener()
    commands.register("file.sample", opener.sample)
    commands.register("file.open", opener.choose)
    qtbot.mouseClick(page.sample, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.open_button, Qt.MouseButton.LeftButton)
    page.sample.setFocus()
    qtbot.keyClick(page.sample, Qt.Key.Key_Space)
    assert opener.done == ["sample", "open", "sample"]


def test_a_template_tile_tells_which(page: WelcomePage, qtbot: QtBot) -> None:
    tile = next(each for each in page.findChildren(Tile) if each.property("template") == "tools")
    with qtbot.waitSignal(page.template_requested) as caught:
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert caught.args is not None
    assert caught.args[0].id == "tools"


def test_recent_datasets_can_be_opened_and_forgotten(page: WelcomePage, qtbot: QtBot, tmp_path: Path) -> None:
    there = tmp_path / "there.ftset"
    there.write_bytes(b"x")
    page.set_recent([there, tmp_path / "gone.ftset"])
    rows = page.findChildren(RecentRow)
    assert [row.button.accessibleName() for row in rows] == ["Open there.ftset", "gone.ftset is gone"]
    with qtbot.waitSignal(page.open_requested) as caught:
        qtbot.mouseClick(rows[0].button, Qt.MouseButton.LeftButton)
    assert caught.args == [there]
    with qtbot.waitSignal(page.forget_requested) as caught:
        qtbot.mouseClick(rows[1].forget, Qt.MouseButton.LeftButton)
    assert caught.args == [tmp_path / "gone.ftset"]


def test_only_a_few_recent_ones_are_shown(page: WelcomePage, tmp_path: Path) -> None:
    page.set_recent([tmp_path / f"{number}.ftset" for number in range(20)])
    assert len(page.findChildren(RecentRow)) == SHOWN_RECENT


def test_a_file_over_the_window_lights_the_target_up(page: WelcomePage) -> None:
    page.set_drop_active(True)
    assert page._drop.property("active") is True


def test_every_icon_is_a_small_line_drawing() -> None:
    for path in resource("icons").glob("*.svg"):
        text = path.read_text("utf-8")
        assert "currentColor" in text, path.name
        assert "<script" not in text, path.name
