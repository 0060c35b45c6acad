"""Page Check in a small window."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.help_sections import HelpText
from finetune_studio.ui.check.page_facts import RuleFindings
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.widgets import Button, FittingChoice, SectionLabel
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


def test_few_findings_are_shown_whole(page: CheckPage, qtbot: QtBot) -> None:
    page.show_rule("S708")
    view = page.middle.findings
    (one,) = view.findings()
    long = replace(one, message="What this finding says is much too long for a single line. " * 4)
    view.show_findings("Long", RuleFindings("S708", [long], "1 finding", 0))
    assert view.list.painter_of_rows.lines > 1
    tall = view.list.sizeHintForRow(0)
    assert view.list.maximumHeight() >= tall == view.list.painter_of_rows.row_height > 68
    view.show_findings("Many", RuleFindings("S708", [long] * 30, "30 findings", 0))
    assert view.list.painter_of_rows.lines == 1


def test_the_buttons_of_findings_wrap(page: CheckPage, qtbot: QtBot) -> None:
    page.show_rule("Q105")
    view = page.middle.findings
    view.aside.setText("Set 123,456 aside…")
    view.fix.setText("Fix 123,456…")
    view.fix_all.setText("Fix all 123,456…")
    page.setMinimumWidth(SMALLEST)
    page.resize(SMALLEST, 720)
    buttons = (view.open, view.aside, view.fix, view.fix_all)
    qtbot.waitUntil(lambda: all(button.width() >= button.sizeHint().width() for button in buttons))
    assert view.aside.y() > view.open.y()
    assert view.width() < 480


def test_cards_stand_below_their_heading(page: CheckPage) -> None:
    page.show_rule("D201")
    view = page.middle.groups
    left = view.title.mapTo(page, QPoint()).x()
    right = view.next.mapTo(page, view.next.rect().topRight()).x()
    first, last = view.cards()
    assert first.mapTo(page, QPoint()).x() == left
    assert last.mapTo(page, last.rect().topRight()).x() == right
    view._scroll.setFocus()
    assert view._scroll.hasFocus()
    assert first.mapTo(page, QPoint()).x() == left
    heading, text = page.rule_panel.findChild(SectionLabel), page.rule_panel.findChild(HelpText)
    assert heading is not None
    assert text is not None
    assert text.viewport().mapTo(page, QPoint()).x() == heading.mapTo(page, QPoint()).x()


def test_the_statistics_fit(page: CheckPage, qtbot: QtBot) -> None:
    page.show_chart("length")
    page.setMinimumWidth(SMALLEST)
    page.resize(1280, 720)
    table = page.middle.chart.table
    qtbot.waitUntil(lambda: table.isVisible() and 0 < table.viewport().width() < 620)
    qtbot.waitUntil(lambda: table.horizontalHeader().length() == table.viewport().width())


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
