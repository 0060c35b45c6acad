"""Typing in what is changed elsewhere at the same time: nothing is lost, and the person decides."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import StorageFullError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.write import conversation_controller
from finetune_studio.ui.write.compare_dialog import CompareDialog
from finetune_studio.ui.write.conflict_bar import ConflictBar
from finetune_studio.workspace.operations import examples, messages, prompts
from finetune_studio.workspace.operations.typed_text import write_typed_text
from tests.helpers.dialogs import on_next_dialog
from tests.helpers.qt import show
from tests.ui.write.conversation_parts import editor_at, type_text
from tests.ui.write.page_parts import Stage
from tests.ui.write.test_json_view import replace, view_of


def _line(question: str, answer: str) -> bytes:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": turns}).encode() + b"\n"


LINES = [_line("What colour is it?", "It is red."), _line("And the sky?", "Blue.")]


def texts(stage: Stage, number: int = 0) -> list[str]:
    return [message["content"] for message in json.loads(stage.bodies()[number])["messages"]]


def type_in(stage: Stage, index: int, text: str) -> None:
    """At the end of a message; it is not on its way to the dataset yet."""
    stage.page.pane.conversation.focus_message(index)
    type_text(text)
    assert stage.page.pane.conversation.has_drafts()


def meanwhile(stage: Stage, operation: Any, *args: Any) -> None:
    """Something that was begun before the typing is done."""
    stage.workspace.perform(operation, *args)
    stage.settle()


def choose(stage: Stage, name: str) -> None:
    stage.page.pane.conflict.buttons[name].click()
    stage.settle()


def _button(box: QMessageBox, text: str) -> QAbstractButton:
    return next(button for button in box.buttons() if button.text() == text)


def bar_words(stage: Stage) -> str:
    bar = stage.page.pane.conflict
    return bar.label.text() if bar.isVisible() else ""


def test_a_change_of_other_words_comes_into_the_text_at_the_caret(stage: Stage) -> None:
    type_in(stage, 0, " Really?")
    meanwhile(stage, messages.set_message_field, 1, 0, "/content", "What color is it?")
    assert texts(stage)[0] == "What color is it? Really?"
    editor = editor_at(stage.page.pane.conversation, 0)
    assert editor.true_text == "What color is it? Really?"
    assert editor.hasFocus()
    assert bar_words(stage) == ""
    assert stage.notices == ["This message was changed while you typed. Both changes are in it."]
    type_text("!")
    stage.page.flush()
    stage.settle()
    assert texts(stage)[0] == "What color is it? Really?!"


@pytest.mark.parametrize("way", ["theirs", "mine"])
def test_of_the_same_words_the_typed_ones_stand_until_the_other_text_is_taken(stage: Stage, way: str) -> None:
    type_in(stage, 1, " Dark red.")
    meanwhile(stage, messages.set_message_field, 1, 1, "/content", "It is red. Or green.")
    assert texts(stage)[1] == "It is red. Dark red."
    assert "The same words were changed meanwhile" in bar_words(stage)
    choose(stage, way)
    assert bar_words(stage) == ""
    wanted = "It is red. Or green." if way == "theirs" else "It is red. Dark red."
    assert texts(stage)[1] == wanted == editor_at(stage.page.pane.conversation, 1).true_text
    if way == "theirs":
        stage.commands.invoke("edit.undo")
        stage.settle()
        assert texts(stage)[1] == "It is red. Dark red."


def test_the_texts_are_compared(stage: Stage) -> None:
    type_in(stage, 1, " Dark red.")
    meanwhile(stage, messages.set_message_field, 1, 1, "/content", "It is red. Or green.")
    on_next_dialog(CompareDialog, lambda dialog: dialog.theirs.click())
    choose(stage, "compare")
    assert texts(stage)[1] == "It is red. Or green."


def test_a_conflict_belongs_to_its_example(stage: Stage) -> None:
    type_in(stage, 1, " Dark red.")
    meanwhile(stage, messages.set_message_field, 1, 1, "/content", "It is red. Or green.")
    stage.page.open_example(2)
    stage.settle()
    assert bar_words(stage) == ""
    stage.page.open_example(1)
    stage.settle()
    assert "The same words" in bar_words(stage)
    assert stage.page.confirm_close()


def test_a_message_put_before_it_leads_no_text_astray(stage: Stage) -> None:
    type_in(stage, 0, " Really?")
    meanwhile(stage, prompts.set_system_prompt, IdSet.of([1, 2]), "Be short.")
    assert texts(stage) == ["Be short.", "What colour is it? Really?", "It is red."]
    assert bar_words(stage) == ""
    assert editor_at(stage.page.pane.conversation, 1).hasFocus()


def test_a_message_that_is_gone_can_come_back_with_the_text(stage: Stage) -> None:
    type_in(stage, 1, " Dark red.")
    meanwhile(stage, messages.delete_message, 1, 1)
    assert "is not there any more. Your text waits here: “It is red. Dark red.”" in bar_words(stage)
    choose(stage, "copy")
    assert QApplication.clipboard().text() == "It is red. Dark red."
    choose(stage, "add")
    assert texts(stage) == ["What colour is it?", "It is red. Dark red."]
    assert bar_words(stage) == ""


def test_an_example_that_is_gone_can_come_back_with_the_text(stage: Stage) -> None:
    type_in(stage, 0, " Really?")
    meanwhile(stage, examples.delete_examples, IdSet.of([1]))
    assert len(stage.bodies()) == 1
    assert "was removed. Your text waits here" in bar_words(stage)
    stage.page.open_example(2)
    stage.settle()
    assert bar_words(stage)
    choose(stage, "add")
    assert texts(stage, 1) == ["What colour is it? Really?", "It is red."]
    assert bar_words(stage) == ""


@pytest.mark.parametrize("leaves", [True, False])
def test_closing_asks_while_a_text_is_nowhere_else(stage: Stage, leaves: bool) -> None:
    type_in(stage, 0, " Really?")
    meanwhile(stage, examples.delete_examples, IdSet.of([1, 2]))
    assert bar_words(stage)
    answer = "Close without it" if leaves else "Stay"
    on_next_dialog(QMessageBox, lambda box: _button(box, answer).click())
    assert stage.page.confirm_close() == leaves
    choose(stage, "drop")
    assert bar_words(stage) == ""
    assert stage.page.confirm_close()


def test_a_text_that_the_disk_refuses_waits(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise StorageFullError("The disk is full.", "Make room.")

    monkeypatch.setattr(conversation_controller, "write_typed_text", refuse)
    type_in(stage, 0, " Really?")
    stage.page.flush()
    stage.settle()
    assert bar_words(stage).startswith("The disk is full. Make room. Your text waits here:")
    assert texts(stage)[0] == "What colour is it?"
    monkeypatch.setattr(conversation_controller, "write_typed_text", write_typed_text)
    choose(stage, "again")
    assert texts(stage)[0] == "What colour is it? Really?"
    assert editor_at(stage.page.pane.conversation, 0).true_text == "What colour is it? Really?"
    assert bar_words(stage) == ""


def test_closing_asks_for_a_text_that_is_refused_at_the_last_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise StorageFullError("The disk is full.", "Make room.")

    monkeypatch.setattr(conversation_controller, "write_typed_text", refuse)
    type_in(stage, 0, " Really?")
    stage.page.flush()
    on_next_dialog(QMessageBox, lambda box: _button(box, "Stay").click())
    assert not stage.page.confirm_close()
    assert bar_words(stage).startswith("The disk is full.")
    choose(stage, "drop")


def test_a_note_of_an_example_that_is_gone_waits(stage: Stage) -> None:
    stage.page.details.start_note()
    type_text("Keep this one.")
    meanwhile(stage, examples.delete_examples, IdSet.of([1]))
    stage.page.flush()
    stage.settle()
    assert bar_words(stage).startswith("A note could not be kept.")
    choose(stage, "copy")
    assert QApplication.clipboard().text() == "Keep this one."
    choose(stage, "drop")
    assert bar_words(stage) == ""


@pytest.fixture
def on_json(stage: Stage) -> Iterator[Stage]:
    """The first example's JSON is edited when the example is changed elsewhere."""
    stage.commands.invoke("view.json")
    stage.settle()
    replace(view_of(stage), "It is red.", "It is blue.")
    meanwhile(stage, messages.set_message_text, 1, 0, "Which colour?")
    yield stage
    view_of(stage).take_back()


def test_json_waits_for_a_decision(on_json: Stage) -> None:
    view = view_of(on_json)
    assert view.conflict.isVisible()
    assert not view.apply.isEnabled()
    on_json.page.flush()
    on_json.settle()
    assert texts(on_json) == ["Which colour?", "It is red."]
    assert on_json.page.tools.json.unapplied == 1
    on_json.page.open_example(2)
    on_json.settle()
    assert not view.conflict.isVisible()
    assert on_json.page.tools.json.unapplied == 1
    on_json.page.open_example(1)
    on_json.settle()
    assert view.conflict.isVisible()
    assert "It is blue." in view.editor.true_text
    view.conflict.buttons["mine"].click()
    on_json.settle()
    assert texts(on_json) == ["What colour is it?", "It is blue."]
    assert not view.conflict.isVisible()
    assert on_json.page.confirm_close()


def test_json_takes_the_other_text(on_json: Stage) -> None:
    view = view_of(on_json)
    view.conflict.buttons["theirs"].click()
    on_json.settle()
    assert "Which colour?" in view.editor.true_text
    assert "blue" not in view.editor.true_text
    assert not view.conflict.isVisible()
    assert not view.is_edited


def test_json_of_an_example_that_is_gone_waits_over_the_next(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    stage.settle()
    replace(view_of(stage), "It is red.", "It is blue.")
    meanwhile(stage, examples.delete_examples, IdSet.of([1]))
    assert "was removed. Your text waits here" in bar_words(stage)
    choose(stage, "add")
    assert texts(stage, 1) == ["What colour is it?", "It is blue."]


def test_the_choices_stand_below_the_sentence_where_it_is_narrow(qtbot: QtBot) -> None:
    bar = ConflictBar()
    bar.resize(900, 60)
    bar.ask("The same words were changed meanwhile. Yours stand.", [("mine", "Keep mine"), ("drop", "Drop")])
    show(qtbot, bar, 900, 60)
    assert bar.buttons["mine"].x() > bar.label.geometry().right()
    bar.resize(500, 90)
    qtbot.waitUntil(lambda: bar.buttons["mine"].y() > bar.label.geometry().bottom())
    assert bar.buttons["mine"].x() == bar.label.x()
