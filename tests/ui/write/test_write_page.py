"""Page Write driven by keys and mouse on a real dataset."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.operations import review, tags
from finetune_studio.workspace.queries.examples import get_example, list_ids
from tests.helpers.builders import chat_line
from tests.helpers.qt import grab
from tests.ui.write.page_parts import Stage

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot) -> Iterator[Callable[..., Stage]]:
    """`stage(count or lines)`: the page on a dataset of so many examples."""
    made: list[Stage] = []

    def make(lines: int | list[bytes], check: bool = False) -> Stage:
        if isinstance(lines, int):
            lines = [
                chat_line(("user", f"Question {n}?"), ("assistant", f"Answer {n}.")) for n in range(lines)
            ]
        path = tmp_path / ("data.jsonl" if lines else "empty.ftset")
        if lines:
            path.write_bytes(b"".join(lines))
        made.append(Stage(path, theme, qtbot, check=check))
        QAbstractItemModelTester(
            made[-1].page.model, QAbstractItemModelTester.FailureReportingMode.Fatal, made[-1].page
        )
        return made[-1]

    yield make
    for each in made:
        each.stop()


def statuses(stage: Stage) -> list[ReviewState]:
    return [get_example(stage.workspace, each).status for each in stage.page.model.ids]


def test_the_first_example_is_open(stage: Callable[..., Stage]) -> None:
    on = stage(3)
    assert on.titles() == ["Question 0?", "Question 1?", "Question 2?"]
    assert on.title() == "Example 1"
    header = on.page.pane.header
    facts = header.facts
    on.qtbot.waitUntil(lambda: facts.full_text() == "19 tokens · 4 trained")  # there is no room for all
    assert (header.approve.text(), header.approve.accessibleName()) == ("", "Approve")
    on.window.resize(1500, 800)
    on.qtbot.waitUntil(lambda: facts.full_text() == "2 messages · 19 tokens · 4 trained")
    assert header.approve.text() == "Approve"
    assert on.page.panel.filter.all_chip.text() == "All"
    assert on.page.panel.filter.all_chip.count() == 3
    assert on.page.pane.review_bar.left.text() == "3 left to review"


def test_the_chosen_row_is_a_rounded_shape_on_the_ground(stage: Callable[..., Stage]) -> None:
    view = stage(3).page.panel.view
    picture = grab(view.viewport())
    middle = view.rowViewportPosition(0) + view.rowHeight(0) // 2
    assert picture.pixelColor(1, middle).name() == color("surface").name()
    assert picture.pixelColor(picture.width() // 2, 5).name() == color("accent_soft").name()


def test_the_filter_narrows_the_list_as_one_types(stage: Callable[..., Stage]) -> None:
    on = stage(12)
    on.page.search_field.setFocus()
    on.type('"question 11"')
    on.qtbot.waitUntil(lambda: on.titles() == ["Question 11?"])
    on.press(Qt.Key.Key_Escape)
    on.qtbot.waitUntil(lambda: len(on.titles()) == 12)


def test_a_query_without_sense_says_why_and_keeps_the_list(stage: Callable[..., Stage]) -> None:
    on = stage(3)
    bar = on.page.panel.filter
    bar.set_query("tokens:many")
    assert "needs a number" in bar.problem.text()
    assert bar.problem.isVisible()
    assert bar.field.property("invalid") is True
    assert len(on.titles()) == 3
    bar.set_query("tokens:>0 is:draft")
    assert not bar.problem.isVisible()


def test_chips_write_the_query(stage: Callable[..., Stage], qtbot: QtBot) -> None:
    on = stage(4)
    bar = on.page.panel.filter
    on.workspace.perform(review.set_status, IdSet.of([on.page.model.ids[2]]), ReviewState.REJECTED)
    on.settle()
    qtbot.mouseClick(bar.status_chips[ReviewState.REJECTED], LEFT)
    on.settle()
    assert bar.text() == "is:rejected"
    assert on.titles() == ["Question 2?"]
    qtbot.mouseClick(bar.status_chips[ReviewState.TO_REVIEW], LEFT)
    on.settle()
    assert bar.text() == "is:to-review"
    assert len(on.titles()) == 3
    qtbot.mouseClick(bar.all_chip, LEFT)
    on.settle()
    assert bar.text() == ""
    assert bar.all_chip.isChecked()


def test_no_match_offers_to_clear_the_filter(stage: Callable[..., Stage], qtbot: QtBot) -> None:
    on = stage(2)
    on.page.set_filter("tag:nowhere")
    on.settle()
    panel = on.page.panel
    assert panel.no_match.isVisible()
    assert "tag:nowhere" in panel.no_match.sentence.text()
    qtbot.mouseClick(panel.no_match.button, LEFT)
    on.settle()
    assert panel.view.isVisible()


def test_a_filter_of_another_page_opens_its_first_match(stage: Callable[..., Stage]) -> None:
    on = stage(60)
    ids = list(list_ids(on.workspace))
    on.workspace.perform(tags.add_tag, IdSet.of(ids[20:50]), "blue")
    on.settle()
    on.page.list.open(ids[12])
    on.page.panel.view.verticalScrollBar().setValue(900)
    on.page.set_filter("tag:blue")
    on.settle()
    assert on.page.list.current_id == ids[20]
    assert list(on.page.panel.view.selected_ids()) == [ids[20]]
    assert on.page.panel.view.verticalScrollBar().value() == 0
    on.page.list.open(ids[40])
    on.page.set_filter("tag:blue is:to-review")
    on.settle()
    assert on.page.list.current_id == ids[40], "it matches"


def test_an_empty_dataset_offers_to_write_and_to_import(stage: Callable[..., Stage], qtbot: QtBot) -> None:
    on = stage([])
    panel = on.page.panel
    assert panel.empty.isVisible()
    pane = on.page.pane
    assert pane.import_button.isVisible()
    assert pane.nothing.title.text() == "Write the first example"
    qtbot.mouseClick(pane.nothing.button, LEFT)
    on.settle()
    assert len(on.titles()) == 1
    on.type("How far is the Moon?")
    on.page.flush()
    on.settle()
    on.qtbot.waitUntil(lambda: on.titles() == ["How far is the Moon?"])
    assert on.title() == "Example 1"


def test_review_by_keys_goes_on_to_the_next(stage: Callable[..., Stage]) -> None:
    on = stage(6)
    for key in (Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_J, Qt.Key.Key_D):
        on.press(key)
    on.settle()
    assert statuses(on) == [
        ReviewState.APPROVED,
        ReviewState.REJECTED,
        ReviewState.TO_REVIEW,
        ReviewState.DRAFT,
        ReviewState.TO_REVIEW,
        ReviewState.TO_REVIEW,
    ]
    assert on.title() == "Example 5"
    on.press(Qt.Key.Key_K)
    on.press(Qt.Key.Key_U)
    on.settle()
    assert statuses(on)[3] is ReviewState.TO_REVIEW


def test_a_filter_stays_while_deciding(stage: Callable[..., Stage]) -> None:
    on = stage(5)
    on.page.set_filter("is:to-review")
    on.settle()
    on.press(Qt.Key.Key_A)
    on.settle()
    assert on.title() == "Example 2"
    assert len(on.titles()) == 4
    on.press(Qt.Key.Key_R)
    on.settle()
    assert on.title() == "Example 3"
    assert on.titles()[0] == "Question 2?"


def test_two_hundred_decisions_at_once_lose_no_key(stage: Callable[..., Stage]) -> None:
    on = stage(200)
    for number in range(200):
        on.press(Qt.Key.Key_A if number % 3 else Qt.Key.Key_R)
    on.settle()
    wanted = [ReviewState.APPROVED if number % 3 else ReviewState.REJECTED for number in range(200)]
    assert statuses(on) == wanted
    assert on.notices == ["That was the last example of the list."]


def test_undo_shows_what_it_touched(stage: Callable[..., Stage]) -> None:
    on = stage(5)
    on.press(Qt.Key.Key_A)
    on.press(Qt.Key.Key_J)
    on.press(Qt.Key.Key_J)
    on.settle()
    assert on.title() == "Example 4"
    on.press(Qt.Key.Key_Z, CONTROL)
    on.settle()
    assert on.title() == "Example 1"
    assert statuses(on)[0] is ReviewState.TO_REVIEW
    assert on.page.panel.view.current_row() == 0


def test_delete_opens_the_neighbour_and_undo_brings_it_back(stage: Callable[..., Stage]) -> None:
    on = stage(3)
    on.press(Qt.Key.Key_J)
    on.press(Qt.Key.Key_Delete)
    on.settle()
    assert on.titles() == ["Question 0?", "Question 2?"]
    assert on.page.panel.view.current_row() == 1
    assert on.notices == ["1 example deleted."]
    on.press(Qt.Key.Key_Z, CONTROL)
    on.settle()
    assert on.titles() == ["Question 0?", "Question 1?", "Question 2?"]
    assert on.title() == "Example 2"


def test_deleting_the_last_one_leaves_an_empty_dataset(stage: Callable[..., Stage]) -> None:
    on = stage(1)
    on.press(Qt.Key.Key_Delete)
    on.settle()
    assert on.page.panel.empty.isVisible()
    assert on.page.pane.nothing.isVisible()
    assert not on.commands.action("review.approve").isEnabled()
    on.press(Qt.Key.Key_Z, CONTROL)
    on.settle()
    assert on.title() == "Example 1"


def test_all_are_chosen_by_one_flag_and_changed_in_one_step(stage: Callable[..., Stage]) -> None:
    on = stage(30)
    view = on.page.panel.view
    on.press(Qt.Key.Key_A, CONTROL)
    assert view.is_all_selected
    assert on.page.panel.bulk_label.text() == "All 30 that match"
    on.press(Qt.Key.Key_R)
    on.settle()
    assert set(statuses(on)) == {ReviewState.REJECTED}
    assert on.notices == ["30 examples marked as rejected."]
    on.press(Qt.Key.Key_Z, CONTROL)
    on.settle()
    assert set(statuses(on)) == {ReviewState.TO_REVIEW}
    on.press(Qt.Key.Key_Down)
    assert not view.is_all_selected
    assert view.selected_count() == 1
    assert not on.page.panel.bulk.isVisible()


def test_a_range_is_chosen_and_tagged_from_the_menu(stage: Callable[..., Stage]) -> None:
    on = stage(8)
    for _ in range(3):
        on.press(Qt.Key.Key_Down, SHIFT)
    assert on.page.panel.view.selected_count() == 4
    on.page.examples.add_tag("moon")
    on.page.examples.set_split(Split.TEST)
    on.settle()
    chosen = [get_example(on.workspace, each) for each in on.page.model.ids[:5]]
    assert [each.tags for each in chosen] == [("moon",)] * 4 + [()]
    assert [each.split for each in chosen] == [Split.TEST] * 4 + [None]
    menu = on.page.examples.make_menu()
    texts = [action.text() for action in menu.actions()]
    assert "Delete 4 examples" in texts
    assert "Duplicate" not in texts
    menu.deleteLater()


def test_new_duplicate_and_move(stage: Callable[..., Stage]) -> None:
    on = stage(2)
    on.press(Qt.Key.Key_D, CONTROL)
    on.settle()
    assert on.titles() == ["Question 0?", "Question 0?", "Question 1?"]
    assert on.title() == "Example 2"
    on.commands.invoke("example.move_down")
    on.settle()
    assert on.titles() == ["Question 0?", "Question 1?", "Question 0?"]
    assert on.title() == "Example 3"
    on.commands.invoke("example.move_up")
    on.commands.invoke("example.move_up")
    on.settle()
    assert on.page.panel.view.current_row() in (0, 1)


def test_the_menu_of_new_offers_pairs_templates_and_the_same_again(stage: Callable[..., Stage]) -> None:
    on = stage([chat_line(("system", "Be brief."), ("user", "Hi"), ("assistant", "Yes?"))])
    menu = on.page.new_menu
    menu.like.trigger()
    on.settle()
    made = get_example(on.workspace, on.page.model.ids[1])
    assert made.record is not None
    assert [m.role for m in made.record.messages] == ["system", "user", "assistant"]  # type: ignore[union-attr]
    on.page.open_example(on.page.model.ids[0])
    on.settle()
    on.page.pane.conversation.focus_message(0)
    on.type(" And kind.")
    menu.like.trigger()
    on.settle()
    made = get_example(on.workspace, on.page.model.ids[1])
    assert made.record.messages[0].text == "Be brief. And kind."  # type: ignore[union-attr]
    assert on.commands.action("example.from_template") in menu.actions()


def test_open_example_from_another_page_goes_to_it(stage: Callable[..., Stage]) -> None:
    on = stage(40)
    on.page.open_example(on.page.model.ids[37])
    on.settle()
    assert on.title() == "Example 38"
    index = on.page.model.index(37)
    assert on.page.panel.view.viewport().rect().contains(on.page.panel.view.visualRect(index).center())


def test_the_place_stays_when_the_list_changes_above(stage: Callable[..., Stage]) -> None:
    on = stage(60)
    view = on.page.panel.view
    on.page.open_example(on.page.model.ids[30])
    on.settle()
    y = view.visualRect(view.currentIndex()).top()
    on.workspace.perform(review.set_status, IdSet.of(on.page.model.ids[:10]), ReviewState.REJECTED)
    on.page.set_filter("-is:rejected")
    on.settle()
    assert len(on.page.model.ids) == 50
    assert on.page.list.current_id == on.page.model.ids[20]
    assert view.visualRect(view.currentIndex()).top() == y


def test_letters_in_an_editor_are_letters(stage: Callable[..., Stage]) -> None:
    on = stage(2)
    on.press(Qt.Key.Key_E)
    on.settle()
    on.press(Qt.Key.Key_End, CONTROL)
    on.type(" jar")
    on.press(Qt.Key.Key_Escape)
    on.settle()
    assert set(statuses(on)) == {ReviewState.TO_REVIEW}
    on.qtbot.waitUntil(lambda: on.titles()[0] == "Question 0? jar")
    assert on.page.panel.view.hasFocus()


def test_the_review_keys_can_be_hidden(stage: Callable[..., Stage]) -> None:
    on = stage(1)
    bar = on.page.pane.review_bar
    on.commands.invoke("review.bar")
    assert not bar.isVisible()
    on.commands.invoke("review.bar")
    assert bar.isVisible()


def test_every_control_has_a_name(stage: Callable[..., Stage]) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit

    on = stage(2)
    kinds = (QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit)
    nameless = [
        widget
        for kind in kinds
        for widget in on.page.findChildren(kind)
        if widget.isVisible() and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    names = [f"{type(widget).__name__} in {type(widget.parent()).__name__}" for widget in nameless]
    assert [name for name in names if name != "QToolButton in SearchField"] == []
