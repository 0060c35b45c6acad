"""What page Check makes only when it is first looked at: it is not there before, and Tab finds it after."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.ui.check.chart_view import ChartView, Overview
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.finding_filters import FindingFilters
from finetune_studio.ui.check.findings_view import FindingsView
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.rule_panel import RulePanel
from finetune_studio.ui.check.side_panels import CheckSide
from finetune_studio.ui.check.unreadable_view import UnreadableView
from finetune_studio.ui.check.view_filler import Shown
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.operations import versions
from finetune_studio.workspace.workspace import Workspace

_LATE = (ChartView, FindingsView, GroupView, UnreadableView, RulePanel, FindingFilters)
_STEPS = 80


def _made(page: CheckPage) -> list[type[QWidget]]:
    return [kind for kind in _LATE if page.findChildren(kind)]


def _tab_stops(page: CheckPage) -> list[QWidget]:
    """Where Tab stops, from the first line of the rail on until it comes round."""
    page.rail.card.lines()[0].setFocus()
    stops: list[QWidget] = []
    for _ in range(_STEPS):
        focus = QApplication.focusWidget()
        assert focus is not None
        if focus in stops:
            return stops
        stops.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    raise AssertionError("Tab does not come round")


def _places(page: CheckPage, stops: list[QWidget]) -> list[int]:
    """0 for the rail, 1 for the middle, 2 for the side."""
    side = page.findChildren(CheckSide)[0]
    parts = (page.rail, page.middle, side)
    return [next(n for n, part in enumerate(parts) if part.isAncestorOf(stop)) for stop in stops]


def test_the_first_showing_makes_only_what_is_seen(page: CheckPage) -> None:
    assert page.middle.currentWidget() is page.middle.overview
    assert _made(page) == []


@pytest.mark.parametrize(
    ("look", "made"),
    [
        (lambda page: page.show_chart("length"), [ChartView]),
        (lambda page: page.show_rule("Q105"), [FindingsView, RulePanel]),
        (lambda page: page.show_rule("D201"), [GroupView, RulePanel]),
        (lambda page: page.rail.filter_button.click(), [FindingFilters]),
    ],
)
def test_what_is_looked_at_is_made_and_tab_goes_through_it_as_the_eye_does(
    page: CheckPage, look: Callable[[CheckPage], None], made: list[type[QWidget]]
) -> None:
    look(page)
    assert _made(page) == made
    places = _places(page, _tab_stops(page))
    assert set(places) == {0, 1, 2}
    assert places == sorted(places)


def test_views_made_in_any_order_keep_their_place(page: CheckPage) -> None:
    for look in (
        lambda: page.show_rule("D201"),
        lambda: page.show_rule("Q105"),
        lambda: page.show_chart("length"),
        page.show_overview,
        lambda: page.show_rule("D201"),
    ):
        look()
        places = _places(page, _tab_stops(page))
        assert places == sorted(places)
    assert len(page.findChildren(Overview)) == 1
    assert len(page.findChildren(GroupView)) == 1


def test_tab_comes_to_the_cards_of_a_group_before_its_decisions(page: CheckPage) -> None:
    page.show_rule("D201")
    view = page.middle.groups
    stops = _tab_stops(page)
    cards = [n for n, stop in enumerate(stops) if any(card.isAncestorOf(stop) for card in view.cards())]
    assert cards
    assert cards[-1] < stops.index(view.keep_all)
    left, right = view.cards()
    ours = [stop for stop in stops if left.isAncestorOf(stop) or right.isAncestorOf(stop)]
    sides = [right.isAncestorOf(stop) for stop in ours]
    assert sides == sorted(sides), "the left one first"


def test_tab_comes_to_the_numbers_of_a_rule_before_its_severity(page: CheckPage) -> None:
    page.show_rule("B403")
    rows = page.rule_panel.options
    assert rows
    stops = _tab_stops(page)
    numbers = [n for n, stop in enumerate(stops) if any(row.isAncestorOf(stop) for row in rows)]
    assert numbers
    assert numbers[-1] < stops.index(page.rule_panel.severity)


def test_tab_comes_to_the_filters_after_their_button(page: CheckPage, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.rail.filter_button, Qt.MouseButton.LeftButton)
    stops = _tab_stops(page)
    at = stops.index(page.rail.filter_button)
    assert stops[at + 1 : at + 3] == [page.rail.filters.split, page.rail.filters.state]
    assert stops.index(page.rail.rules) > at + 3


def test_filters_made_late_know_the_versions(page: CheckPage, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.perform(versions.name_version, "First")
    page.refresh()
    qtbot.mouseClick(page.rail.filter_button, Qt.MouseButton.LeftButton)
    assert page.rail.filters.since.itemText(1) == "New since First"


def test_the_overview_is_made_behind_the_first_frame(
    workspace: Workspace, commands: CommandRegistry, theme: ThemeManager, qtbot: QtBot
) -> None:
    page = CheckPage(workspace, commands, theme)
    qtbot.addWidget(page)
    page._filler.prepare(Shown("rule", "Q105"))
    QApplication.processEvents()
    assert page.findChildren(Overview) == [], "another view comes first"
    page._filler.prepare(Shown())
    assert page.findChildren(Overview) == []
    qtbot.waitUntil(lambda: len(page.findChildren(Overview)) == 1)
    page.close_page()


def test_the_lines_of_the_card_are_as_tall_as_their_text(page: CheckPage) -> None:
    line = page.rail.card.lines()[0]
    wide, narrow = line.heightForWidth(600), line.heightForWidth(70)
    assert narrow > wide
    assert (line.heightForWidth(600), line.heightForWidth(70)) == (wide, narrow)


def test_a_page_that_comes_to_the_front_again_leaves_no_handlers_behind(
    page: CheckPage, commands: CommandRegistry
) -> None:
    for _ in range(3):
        page.on_shown()
    names = ("check.run", "check.fix", "group.next")
    assert [len(commands._entries[name].handlers) for name in names] == [1, 1, 1]
