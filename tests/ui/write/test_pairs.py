"""Preference pairs on page Write: differences, the commands, one undo step each, many at once."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.pair_differences import PairDifferences
from tests.helpers.builders import chat_line
from tests.helpers.qt import grab, has_color
from tests.ui.write.conversation_parts import (
    a_pair,
    an_example,
    editor_at,
    message,
    shown_view,
    texts,
    type_text,
)
from tests.ui.write.page_parts import Stage

PAIR = a_pair(
    message("user", "Far?"),
    preferred=[message("assistant", "About 384,400 km, give or take.")],
    non_preferred=[message("assistant", "About 12 km, give or take.")],
)
LINES = [chat_line(("user", f"q{n}"), ("assistant", f"a{n}")) for n in range(3)] + [PAIR.body]


def values(stage: Stage) -> list[Any]:
    return [json.loads(body) for body in stage.bodies()]


def marked(view: Any, index: int) -> list[str]:
    editor = editor_at(view, index)
    return [editor.true_text[span.start : span.end] for span in editor.spans("difference")]


def test_the_words_that_differ_are_marked_in_both(qtbot: QtBot) -> None:
    view = shown_view(qtbot, PAIR)
    differences = PairDifferences(view)
    assert marked(view, 1) == ["384,400"]
    assert marked(view, 2) == ["12"]
    looks = [each.format.background().color() for each in editor_at(view, 2).extraSelections()]
    assert color("error_soft") in looks
    view.focus_message(2)
    type_text(" More")
    assert marked(view, 2) == ["12"]
    qtbot.waitUntil(lambda: marked(view, 2) == ["12", "More"])
    view.set_example(an_example(message("user", "a"), message("assistant", "b")))
    assert marked(view, 1) == []
    assert differences.parent() is view


def test_marks_move_with_the_text_that_is_typed_before_them(qtbot: QtBot) -> None:
    view = shown_view(qtbot, PAIR)
    PairDifferences(view)
    view.focus_message(1, at_end=False)
    type_text("So: ")
    assert marked(view, 1) == ["384,400"]


@pytest.mark.parametrize("copy", [False, True])
def test_a_pair_is_made_of_the_open_conversation(stage: Stage, copy: bool) -> None:
    stage.commands.invoke("pair.make_copy" if copy else "pair.make")
    stage.settle()
    assert texts(stage.page.pane.conversation) == ["q0", "a0", "a0" if copy else ""]
    assert [row.side for row in stage.page.pane.conversation.rows()] == [
        "input",
        "preferred",
        "non_preferred",
    ]
    assert stage.notices == ["1 example made a pair."]
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES


def test_the_buttons_over_the_answers(stage: Stage) -> None:
    stage.page.open_example(4)
    stage.settle()
    view = stage.page.pane.conversation
    swap, keep = view._headings["preferred"].buttons
    stage.qtbot.mouseClick(swap, Qt.MouseButton.LeftButton)
    stage.settle()
    assert texts(view)[1:] == ["About 12 km, give or take.", "About 384,400 km, give or take."]
    stage.qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    stage.settle()
    assert values(stage)[3] == {
        "messages": [message("user", "Far?"), message("assistant", "About 12 km, give or take.")]
    }
    for _ in range(2):
        stage.commands.invoke("edit.undo")
        stage.settle()
    assert stage.bodies() == LINES


def test_tab_reaches_the_buttons(stage: Stage) -> None:
    stage.page.open_example(4)
    stage.settle()
    view = stage.page.pane.conversation
    heading = view._headings["non_preferred"]
    view.focus_message(1)
    for _ in range(12):
        if stage.focus() in heading.buttons:
            break
        stage.press(Qt.Key.Key_Tab)
    assert stage.focus() is heading.buttons[0]
    stage.press(Qt.Key.Key_Space)
    stage.settle()
    assert texts(view) == ["Far?", "About 12 km, give or take."]


def test_many_at_once_are_one_step(stage: Stage) -> None:
    stage.page.panel.view.setFocus()
    stage.page.panel.view.selectAll()
    stage.commands.invoke("pair.make")
    stage.settle()
    assert stage.notices == ["3 examples made a pair."]
    stage.commands.invoke("pair.keep_preferred")
    stage.settle()
    assert stage.notices[-1] == "4 examples made a conversation."
    stage.commands.invoke("edit.undo")
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES


def test_a_trained_card_has_a_line_at_its_edge(qtbot: QtBot) -> None:
    view = shown_view(
        qtbot,
        an_example(message("user", "a"), message("assistant", "b"), message("assistant", "c", weight=0)),
    )
    cards = [view.card_at(index) for index in range(3)]
    strips = [
        card is not None and has_color(grab(card).copy(0, 20, 4, 20), color("success").name())
        for card in cards
    ]
    assert strips == [False, True, False]
    selections = editor_at(view, 2).extraSelections()
    assert [each.format.foreground().color() for each in selections] == [color("secondary")]
