"""The list arranged: sorted, grouped, by filters with a name, and all of it chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.commands.palette import CommandPalette
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.example_delegate import ROW_HEIGHT
from finetune_studio.ui.write.list_memory import ListMemory
from finetune_studio.ui.write.saved_filters_dialog import SavedFiltersDialog
from finetune_studio.workspace.operations import saved_filters, tags
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.queries.ordering import Grouping, Order, Sort
from tests.helpers.builders import chat_line
from tests.ui.write.page_parts import Stage


@pytest.fixture
def stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot) -> Iterator[Stage]:
    """Twelve examples, each longer than the one before; 2 to 5 are tagged moon, 5 and 6 sun."""
    path = tmp_path / "data.jsonl"
    lines = [
        chat_line(("user", f"Question {n}?"), ("assistant", "Yes indeed. " * (n + 1))) for n in range(12)
    ]
    path.write_bytes(b"".join(lines))
    made = Stage(path, theme, qtbot, check=True)
    QAbstractItemModelTester(made.page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made.page)
    made.workspace.perform(tags.add_tag, IdSet.range(2, 5), "moon")
    made.workspace.perform(tags.add_tag, IdSet.range(5, 6), "sun")
    made.settle()
    yield made
    made.stop()


def rows(on: Stage) -> list[str]:
    return [title.removeprefix("Question ").rstrip("?") for title in on.titles()]


def run(on: Stage, command: str) -> None:
    assert on.commands.invoke(command), command
    on.settle()


def test_sorting_by_the_menu_keeps_the_open_example(stage: Stage) -> None:
    stage.page.open_example(4)
    run(stage, "list.sort_tokens")
    assert rows(stage) == [str(n) for n in range(11, -1, -1)]
    assert stage.title() == "Example 4"
    assert stage.page.panel.order.sort_button.text() == "Tokens"
    run(stage, "list.reverse")
    assert rows(stage) == [str(n) for n in range(12)]
    run(stage, "list.sort_random")
    shuffled = rows(stage)
    assert sorted(shuffled, key=int) == [str(n) for n in range(12)]
    assert shuffled != sorted(shuffled, key=int)
    run(stage, "list.shuffle")
    assert rows(stage) != shuffled
    assert not stage.commands.action("list.reverse").isEnabled()
    run(stage, "list.sort_position")
    assert stage.commands.action("list.sort_position").isChecked()
    assert not stage.commands.action("list.sort_random").isChecked()


def test_groups_have_headings_that_stepping_passes_over(stage: Stage) -> None:
    run(stage, "list.group_tag")
    shown = ["moon", "1", "2", "3", "4", "sun", "5", "No tag", "0", *map(str, range(6, 12))]
    assert rows(stage) == shown
    stage.page.open_example(5)
    stage.settle()
    stage.press(Qt.Key.Key_J)
    stage.settle()
    assert stage.title() == "Example 6", "the heading is passed over"
    stage.press(Qt.Key.Key_J)
    stage.settle()
    assert stage.title() == "Example 1"
    stage.press(Qt.Key.Key_K)
    stage.press(Qt.Key.Key_K)
    stage.settle()
    assert stage.title() == "Example 5"
    assert stage.page.panel.order.count.text() == "12 examples"


def test_groups_close_and_open_by_key_and_mouse(stage: Stage) -> None:
    run(stage, "list.group_tag")
    view = stage.page.panel.view
    view.setFocus()
    stage.page.open_example(3)
    stage.settle()
    stage.press(Qt.Key.Key_Left)
    assert view.current_row() == 0, "Left goes to the heading"
    assert stage.title() == "Example 3", "which opens nothing"
    stage.press(Qt.Key.Key_Left)
    stage.settle()
    assert rows(stage)[:3] == ["moon", "sun", "5"]
    assert stage.title() == "Example 3", "what is open stays open"
    at = view.visualRect(stage.page.model.index(0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    stage.settle()
    assert rows(stage)[:3] == ["moon", "1", "2"]
    run(stage, "list.close_groups")
    assert rows(stage) == ["moon", "sun", "No tag"]
    assert stage.page.panel.order.count.text() == "12 examples"
    run(stage, "list.open_groups")
    assert len(rows(stage)) == 15
    run(stage, "list.group_none")
    assert len(rows(stage)) == 12
    assert not stage.commands.action("list.open_groups").isEnabled()


def test_a_group_closes_on_the_latest_list(stage: Stage) -> None:
    run(stage, "list.group_tag")
    stage.page.set_filter("tag:sun")
    stage.page.list.toggle_group("sun")
    stage.settle()
    assert rows(stage) == ["moon", "4", "sun"], "the filter is not lost"
    stage.page.list.toggle_group("sun")
    stage.settle()
    assert rows(stage) == ["moon", "4", "sun", "5"]


def test_choosing_in_groups_leaves_headings_out(stage: Stage) -> None:
    run(stage, "list.group_tag")
    view = stage.page.panel.view
    view.selectAll()
    assert view.selected_count() == 12
    assert sorted(view.selected_ids()) == list(range(1, 13))
    run(stage, "list.close_groups")
    view.selectAll()
    assert sorted(view.selected_ids()) == list(range(1, 13)), "those of closed groups too"
    stage.commands.invoke("review.approve")
    stage.settle()
    states = {get_example(stage.workspace, each).status for each in range(1, 13)}
    assert states == {ReviewState.APPROVED}


def test_a_range_over_a_heading_counts_examples(stage: Stage) -> None:
    run(stage, "list.group_tag")
    view, model = stage.page.panel.view, stage.page.model
    for row, modifier in ((3, Qt.KeyboardModifier.NoModifier), (6, Qt.KeyboardModifier.ShiftModifier)):
        at = view.visualRect(model.index(row)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, at)
    assert view.selected_count() == 3
    assert list(view.selected_ids()) == [4, 5, 6]


def test_a_filter_is_saved_used_from_the_palette_and_undone(stage: Stage, qtbot: QtBot) -> None:
    stage.page.set_filter("tag:moon")
    run(stage, "list.sort_tokens")
    stage.page.listing.save("Moon by length")
    stage.settle()
    stage.page.set_filter("")
    run(stage, "list.sort_position")
    palette = CommandPalette(stage.commands, stage.window)
    palette.open()
    palette._field.setText("moon by")
    assert palette.titles()[0] == "Moon by length"
    QTest.keyClick(palette._field, Qt.Key.Key_Return)
    stage.settle()
    assert stage.page.panel.filter.text() == "tag:moon"
    assert rows(stage) == ["4", "3", "2", "1"]
    menu = stage.page.listing.make_filters_menu()
    assert menu.actions()[0].text() == "Moon by length"
    menu.deleteLater()
    stage.workspace.undo()
    stage.settle()
    assert stage.page.listing.filters == []
    assert stage.commands.offers() == []


def test_saved_filters_are_renamed_and_deleted_in_their_dialog(stage: Stage, qtbot: QtBot) -> None:
    for name, query in (("One", "tag:moon"), ("Two", "tag:sun")):
        stage.workspace.perform(saved_filters.save_filter, name, query)
    stage.settle()
    dialog = SavedFiltersDialog(stage.workspace, stage.commands, stage.page.listing.filters, stage.window)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.query.text() == "tag:moon"
    dialog.rename("First")
    stage.settle()
    assert [each.name for each in saved_filters.saved_filters(stage.workspace)] == ["First", "Two"]
    dialog.list.setCurrentRow(1)
    dialog.delete_button.click()
    stage.settle()
    assert dialog.list.count() == 1
    dialog.use_button.click()
    assert dialog.chosen == "First"


def test_the_filter_offers_what_the_dataset_has(stage: Stage) -> None:
    field = stage.page.panel.filter.field
    field.setFocus()
    QTest.keyClicks(field, "tag:")
    stage.settle()
    assert field.suggestions == ["tag:moon", "tag:sun"]
    QTest.keyClick(field, Qt.Key.Key_Escape)


def test_space_reads_on_in_the_open_example(stage: Stage, qtbot: QtBot) -> None:
    stage.page.panel.view.setFocus()
    with qtbot.waitSignal(stage.page.panel.view.peek_requested) as told:
        stage.press(Qt.Key.Key_Space)
    assert told.args == [1]
    with qtbot.waitSignal(stage.page.panel.view.peek_requested) as told:
        stage.press(Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert told.args == [-1]


def test_the_heading_of_a_group_stays_in_sight_and_steps_stay_below_it(stage: Stage) -> None:
    view = stage.page.panel.view
    assert not view.sticky.isVisible()
    stage.window.resize(1280, 520)
    run(stage, "list.group_tag")
    bar = view.verticalScrollBar()
    bar.setValue(0)
    assert not view.sticky.isVisible()
    bar.setValue(ROW_HEIGHT + 30)
    assert view.sticky.isVisible()
    assert view.sticky.heading is not None
    assert view.sticky.heading.label == "moon"
    assert view.sticky.y() == 0
    second = stage.page.model.listed.heading_rows[1]
    bar.setValue(second * ROW_HEIGHT - 10)
    assert view.sticky.heading.label == "moon"
    assert view.sticky.y() < 0, "the next heading pushes it away"
    assert color("surface").name() == view.grab().toImage().pixelColor(2, 2).name()
    stage.page.open_example(stage.page.model.ids[second - 1])
    stage.settle()
    bar.setValue((second - 1) * ROW_HEIGHT)
    for _ in range(2):
        stage.page.list.step(-1)
    top = view.visualRect(view.currentIndex()).top()
    assert top >= view.sticky.height() or not view.sticky.isVisible()
    bar.setValue(ROW_HEIGHT * 3)
    QTest.mouseClick(view.sticky, Qt.MouseButton.LeftButton)
    stage.settle()
    assert not stage.page.model.listed.headings[0].is_open
    assert not view.sticky.isVisible() or view.sticky.heading != stage.page.model.listed.headings[0]
    run(stage, "list.group_none")
    assert not view.sticky.isVisible()


def test_the_arrangement_is_remembered_for_each_dataset(
    tmp_path: Path, theme: ThemeManager, qtbot: QtBot
) -> None:
    for name in ("one", "two"):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(b"".join(chat_line(("user", f"{name} {n}"), ("assistant", "a")) for n in range(3)))
    first = Stage(tmp_path / "one.jsonl", theme, qtbot)
    run(first, "list.sort_status")
    run(first, "list.reverse")
    run(first, "list.group_split")
    first.stop()
    other = Stage(tmp_path / "two.jsonl", theme, qtbot)
    assert other.page.list.order == Order()
    other.stop()
    again = Stage(tmp_path / "one.jsonl", theme, qtbot)
    assert again.page.list.order == Order(Sort.STATUS, True, grouping=Grouping.SPLIT)
    assert again.commands.action("list.group_split").isChecked()
    assert len(again.page.model.listed.headings) == 1
    run(again, "list.group_none")
    run(again, "list.reverse")
    run(again, "list.sort_position")
    again.stop()
    usual = Stage(tmp_path / "one.jsonl", theme, qtbot)
    assert usual.page.list.order == Order()
    usual.stop()


def test_what_is_remembered_may_be_damaged(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    memory = ListMemory(settings, "a")
    for damaged in ("[", "[]", '{"a": ["tokens"]}', '{"a": ["smell", true, 1, ""]}', '{"a": 3}'):
        settings.setValue("write_order", damaged)
        assert memory.order() == Order()
    memory.keep(Order(Sort.TOKENS, True))
    assert memory.order() == Order(Sort.TOKENS, True)
    for number in range(60):
        ListMemory(settings, str(number)).keep(Order(Sort.STATUS))
    assert memory.order() == Order()
