"""The filter line: suggestions by key and by mouse, and the chips of what was understood."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.completion_popup import CompletionPopup
from finetune_studio.ui.write.filter_bar import FilterBar, FilterCounts
from finetune_studio.workspace.queries.completion import QueryFacts
from tests.helpers.qt import show

FACTS = QueryFacts(
    tags=(("greeting", 12), ("geo place", 3)), statuses={ReviewState.DRAFT: 4}, rules={"D202": 7}
)


@pytest.fixture
def bar(theme: ThemeManager, qtbot: QtBot) -> Iterator[FilterBar]:
    window = QMainWindow()
    inner = QWidget()
    column = QVBoxLayout(inner)
    made = FilterBar()
    column.addWidget(made)
    column.addStretch(1)
    window.setCentralWidget(inner)
    qtbot.addWidget(window)
    show(qtbot, window, 420, 600)
    made.show_counts(FilterCounts(total=40, by_status={ReviewState.DRAFT: 4}, with_findings=2))
    made.field.setFocus()
    made.field.set_facts(FACTS)
    yield made
    window.close()


def popup(bar: FilterBar) -> CompletionPopup:
    found = bar.window().findChild(CompletionPopup)
    assert found is not None
    return found


def test_tags_are_offered_with_counts_and_tab_takes_the_first(bar: FilterBar, qtbot: QtBot) -> None:
    field = bar.field
    QTest.keyClicks(field, "tag:")
    assert field.suggestions == ["tag:greeting", 'tag:"geo place"']
    with qtbot.waitSignal(bar.query_changed) as told:
        QTest.keyClick(field, Qt.Key.Key_Tab)
    assert told.args == ["tag:greeting "]
    assert field.hasFocus()
    assert field.suggestions == []
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert not field.hasFocus(), "Tab goes on when nothing is offered"


def test_arrows_choose_and_return_takes_what_was_chosen(bar: FilterBar, qtbot: QtBot) -> None:
    field = bar.field
    QTest.keyClicks(field, "-is:")
    with qtbot.waitSignal(bar.query_changed) as told:
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
            QTest.keyClick(field, key)
    assert told.args == ["-is:draft "]


def test_a_screen_reader_hears_what_is_offered(bar: FilterBar) -> None:
    field = bar.field
    QTest.keyClicks(field, "tag:")
    assert field.accessibleDescription() == 'Suggestions: tag:greeting, tag:"geo place"'
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.accessibleDescription() == "tag:greeting, 12"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.accessibleDescription() == ""
    bar.set_query("tagg:x")
    bar.show_problem(StudioError("There is no filter.", "Choose another."))
    assert field.accessibleDescription() == "There is no filter. Choose another."


def test_return_without_a_choice_searches_for_what_is_typed(bar: FilterBar, qtbot: QtBot) -> None:
    field = bar.field
    QTest.keyClicks(field, "ta")
    assert "tag:" in field.suggestions
    with qtbot.waitSignal(bar.query_changed) as told:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert told.args == ["ta"]
    assert field.suggestions == []


def test_a_name_goes_on_with_its_values(bar: FilterBar) -> None:
    field = bar.field
    QTest.keyClicks(field, "ru")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "rule:"
    assert field.suggestions[0] == "rule:D202"


def test_a_term_without_its_value_is_no_problem_while_it_is_typed(bar: FilterBar, qtbot: QtBot) -> None:
    told: list[object] = []
    bar.query_changed.connect(told.append)
    QTest.keyClicks(bar.field, "is:")
    with qtbot.waitSignal(bar.field.search_changed):
        pass
    assert told == []


def test_escape_hides_first_and_clears_then(bar: FilterBar) -> None:
    field = bar.field
    QTest.keyClicks(field, "t")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), field.suggestions) == ("t", [])
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_ctrl_space_offers_everything(bar: FilterBar) -> None:
    QTest.keyClick(bar.field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert {"tag:", "rule:", "split:", "-", "OR"} <= set(bar.field.suggestions)


def test_the_mouse_takes_one(bar: FilterBar, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.field, "tag:g")
    rows = popup(bar)._list
    with qtbot.waitSignal(bar.query_changed) as told:
        at = rows.visualRect(rows.model().index(1, 0)).center()
        QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert told.args == ['tag:"geo place" ']


def test_another_filter_hides_what_was_offered(bar: FilterBar) -> None:
    QTest.keyClicks(bar.field, "tag:")
    bar.set_query("is:draft")
    assert bar.field.suggestions == []


def test_it_stays_in_the_window_and_goes_with_the_focus(bar: FilterBar) -> None:
    QTest.keyClicks(bar.field, "t")
    assert bar.window().rect().contains(popup(bar).geometry())
    bar.new_button.setFocus()
    assert bar.field.suggestions == []


@pytest.mark.parametrize(
    ("query", "chips"),
    [
        ("paris", []),
        ("is:draft", []),
        ("-is:draft", ["not is: draft"]),
        ('paris tag:"geo place"', ["“paris”", "tag: geo place"]),
        ("is:draft OR tokens:>9", ["is: draft", "or tokens: >9"]),
        ("tag:", []),
    ],
)
def test_chips_show_what_was_understood(bar: FilterBar, query: str, chips: list[str]) -> None:
    bar.set_query(query)
    assert [chip.text() for chip in bar.terms.chips] == chips
    assert bar.terms.isVisible() == bool(chips)


def test_a_chip_is_turned_round_by_a_click_and_removed_by_its_cross(bar: FilterBar) -> None:
    bar.set_query("tag:a tokens:>9 is:draft")
    chip = bar.terms.chips[0]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    assert bar.text() == "-tag:a tokens:>9 is:draft"
    chip = bar.terms.chips[1]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 10, 10))
    assert bar.text() == "-tag:a is:draft"
    bar.terms.chips[0].setFocus()
    QTest.keyClick(bar.terms.chips[0], Qt.Key.Key_Return)
    assert bar.text() == "tag:a is:draft"
    assert bar.terms.chips[0].hasFocus(), "the keyboard goes on where it was"
    QTest.keyClick(bar.terms.chips[0], Qt.Key.Key_Delete)
    assert bar.text() == "is:draft"
