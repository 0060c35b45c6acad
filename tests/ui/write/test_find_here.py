"""Finding in the open example, driven by keys."""

import pytest
from PySide6.QtCore import Qt

from finetune_studio.ui.write.find_bar import FindBar
from tests.helpers.builders import chat_line
from tests.ui.write.conversation_parts import CONTROL, SHIFT, editor_at
from tests.ui.write.page_parts import Stage

LONG = [
    (("user", "assistant")[n % 2], f"Message {n}\n" + "word\n" * 6 + ("The moon" if n % 50 == 7 else ""))
    for n in range(300)
]
LINES = [
    chat_line(("user", "How far is the Moon?"), ("assistant", "The moon, moonlight and the moons.")),
    chat_line(("user", "No such thing"), ("assistant", "here")),
    chat_line(*LONG),
]


def look_for(stage: Stage, text: str) -> FindBar:
    stage.press(Qt.Key.Key_F, CONTROL | SHIFT)
    bar = stage.page.tools.finding.bar
    assert bar is not None
    bar.field.setText(text)
    bar.field.returnPressed.emit()
    stage.settle()
    return bar


def hits(stage: Stage) -> list[tuple[int, int]]:
    return [(index, start) for index, _field, start, _end in stage.page.tools.finding.hits()]


def looks(stage: Stage, index: int) -> list[str]:
    return [span.look for span in editor_at(stage.page.pane.conversation, index).spans("found")]


def test_every_hit_is_marked_and_counted(stage: Stage) -> None:
    bar = look_for(stage, "moon")
    assert hits(stage) == [(0, 15), (1, 4), (1, 10), (1, 28)]
    assert bar.count.text() == "1 of 4"
    assert looks(stage, 0) == ["current"]
    assert looks(stage, 1) == ["found"] * 3
    assert stage.focus() is bar.field


def test_case_words_and_expressions(stage: Stage) -> None:
    bar = look_for(stage, "moon")
    bar.whole_word.click()
    stage.settle()
    assert hits(stage) == [(0, 15), (1, 4)]
    bar.match_case.click()
    stage.settle()
    assert hits(stage) == [(1, 4)]
    bar.whole_word.click()
    bar.is_regex.click()
    look_for(stage, r"moon[ls]\b")
    assert hits(stage) == [(1, 28)]
    look_for(stage, "(moon")
    assert bar.problem.text() == "This pattern cannot be used: missing ), at character 6."
    assert hits(stage) == []
    assert looks(stage, 1) == []


def test_a_pattern_that_takes_too_long_is_given_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finetune_studio.workspace.queries.find.TIME_LIMIT", 0.05)
    bar = look_for(stage, "x")
    bar.is_regex.click()
    editor = editor_at(stage.page.pane.conversation, 0)
    editor.setFocus()
    stage.type("a" * 40)
    look_for(stage, r"(a|aa|a*)+(b|c)\1")
    assert bar.problem.text() == "This pattern takes too long."


def test_keys_step_around_and_escape_goes_to_the_hit(stage: Stage) -> None:
    bar = look_for(stage, "moon")
    stage.press(Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 4"
    stage.press(Qt.Key.Key_Return, SHIFT)
    stage.press(Qt.Key.Key_Return, SHIFT)
    assert bar.count.text() == "4 of 4"
    stage.press(Qt.Key.Key_F3)
    assert bar.count.text() == "1 of 4"
    stage.press(Qt.Key.Key_Escape)
    editor = editor_at(stage.page.pane.conversation, 0)
    assert stage.focus() is editor
    assert editor.textCursor().selectedText() == "Moon"
    assert looks(stage, 1) == []
    assert not bar.isVisible()


def test_f3_in_a_text_moves_the_caret(stage: Stage) -> None:
    look_for(stage, "moon")
    editor_at(stage.page.pane.conversation, 1).setFocus()
    stage.press(Qt.Key.Key_F3)
    editor = editor_at(stage.page.pane.conversation, 1)
    assert stage.focus() is editor
    assert editor.textCursor().selectedText() == "moon"
    stage.press(Qt.Key.Key_F3, SHIFT)
    assert stage.focus() is editor_at(stage.page.pane.conversation, 0)


def test_typing_finds_again_and_so_does_another_example(stage: Stage) -> None:
    bar = look_for(stage, "moon")
    editor_at(stage.page.pane.conversation, 0).setFocus()
    stage.press(Qt.Key.Key_End, CONTROL)
    stage.type(" Moon")
    stage.qtbot.waitUntil(lambda: len(hits(stage)) == 5)
    stage.page.panel.view.setFocus()
    stage.press(Qt.Key.Key_J)
    stage.settle()
    assert bar.count.text() == "Nothing found"


def test_cards_that_come_into_sight_are_marked_too(stage: Stage) -> None:
    stage.page.open_example(3)
    stage.settle()
    bar = look_for(stage, "the moon")
    assert bar.count.text() == "1 of 6"
    view = stage.page.pane.conversation
    assert view.card_at(257) is None
    stage.press(Qt.Key.Key_Return, SHIFT)
    assert bar.count.text() == "6 of 6"
    assert looks(stage, 257) == ["current"]
    card = view.card_at(257)
    assert card is not None
    assert stage.focus() is bar.field
    view.show_place(5, "/content", 0)
    assert looks(stage, 7) == ["found"]


def test_what_is_selected_is_looked_for(stage: Stage) -> None:
    editor = editor_at(stage.page.pane.conversation, 0)
    editor.setFocus()
    editor.select(0, 3)
    stage.press(Qt.Key.Key_F, CONTROL | SHIFT)
    bar = stage.page.tools.finding.bar
    assert bar is not None
    assert bar.field.text() == "How"
