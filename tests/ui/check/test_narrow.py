"""Page Check in a small window."""

from pytestqt.qtbot import QtBot

from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.scroll import SteadyColumn


def test_nothing_is_cut_off_in_a_small_window(page: CheckPage, qtbot: QtBot) -> None:
    page.resize(1600, 720)
    qtbot.waitUntil(lambda: page.rail.width() > 340)
    columns = [column for column in page.findChildren(SteadyColumn) if column.isVisible()]
    assert len(columns) == 3
    page.resize(1280, 720)
    qtbot.waitUntil(lambda: all(map(_has_room, columns)))


def _has_room(column: SteadyColumn) -> bool:
    content = column.widget()
    assert content is not None
    return content.minimumSizeHint().width() <= column.viewport().width() < 700
