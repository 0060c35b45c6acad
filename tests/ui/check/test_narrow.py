"""Page Check in a small window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.widgets import Button, FittingChoice
from tests.helpers.qt import show

SMALLEST = 1060
"""The least width of the window."""


@pytest.mark.parametrize("width", [SMALLEST, 1280])
@pytest.mark.parametrize("view", ["overview", "length", "turns", "D201"])
def test_nothing_is_cut_off_in_a_small_window(page: CheckPage, qtbot: QtBot, view: str, width: int) -> None:
    page.setMinimumWidth(SMALLEST)  # as the window has it
    page.resize(1600, 720)
    if view == "D201":
        page.show_rule(view)
    elif view != "overview":
        page.show_chart(view)
    qtbot.waitUntil(lambda: page.rail.width() > 340)
    columns = [column for column in page.findChildren(SteadyColumn) if column.isVisible()]
    assert len(columns) == 3
    page.resize(width, 720)
    qtbot.waitUntil(lambda: page.width() == width and all(map(_has_room, columns)))


def _has_room(column: SteadyColumn) -> bool:
    content = column.widget()
    assert content is not None
    return content.minimumSizeHint().width() <= column.viewport().width() < 700


def test_a_choice_that_has_no_room_becomes_a_box(qtbot: QtBot) -> None:
    choice = FittingChoice([("a", "Whole example"), ("b", "Last answer"), ("c", "Messages")], "Measure")
    show(qtbot, choice, 600, 40)
    assert choice.segments.isVisible()
    assert not choice.box.isVisible()
    choice.segments.button("a").setFocus()
    with qtbot.waitSignal(choice.chosen) as caught:
        qtbot.mouseClick(choice.segments.button("b"), Qt.MouseButton.LeftButton)
    assert caught.args == ["b"]
    choice.resize(choice.minimumSizeHint())
    qtbot.waitUntil(choice.box.isVisible)
    assert not choice.segments.isVisible()
    assert choice.box.hasFocus(), "the keys stay where they were"
    assert (choice.box.currentText(), choice.current()) == ("Last answer", "b")
    with qtbot.waitSignal(choice.chosen) as caught:
        QTest.keyClick(choice.box, Qt.Key.Key_Down)
    assert (caught.args, choice.current()) == (["c"], "c")
    with qtbot.assertNotEmitted(choice.chosen):
        choice.set_current("a")
    assert choice.box.currentText() == "Whole example"
    choice.resize(600, 40)
    qtbot.waitUntil(choice.segments.isVisible)
    assert choice.segments.button("a").isChecked()
    assert choice.segments.button("a").hasFocus()


def test_a_heading_cuts_its_fact_before_its_title(qtbot: QtBot) -> None:
    ground = QWidget()
    heading = Heading("Same question, different answers", "3 groups, 7 examples")
    heading.add_buttons(Button("Previous"), Button("Next"))
    ground.setLayout(heading)
    show(qtbot, ground, 900, 40)
    assert heading.title.text() == "Same question, different answers"
    assert heading.fact.text() == "3 groups, 7 examples"
    ground.resize(heading.title.sizeHint().width() + 280, 40)
    qtbot.waitUntil(lambda: heading.fact.text() != heading.fact.full_text())
    assert heading.title.text() == "Same question, different answers"
    ground.resize(420, 40)
    qtbot.waitUntil(lambda: heading.title.text().endswith("…"))
    assert heading.title.toolTip()
    heading.title.setText("Leakage")
    qtbot.waitUntil(lambda: heading.title.text() == "Leakage")
