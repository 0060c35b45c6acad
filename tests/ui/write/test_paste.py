"""Pasting a copied conversation: the dialog, the command, the offer, one undo step."""

import json

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.ui.write.paste_dialog import APPEND, NEW, REPLACE, PasteDialog
from tests.helpers.builders import chat_line
from tests.helpers.qt import show
from tests.ui.write.conversation_parts import CONTROL, editor_at, texts
from tests.ui.write.page_parts import Stage

pytestmark = pytest.mark.usefixtures("no_stray_windows")
TALK = "User: How far is the Moon?\n\nAssistant: 384,400 km.\n\nUser: Thanks"
LINES = [
    chat_line(("user", "hi"), ("assistant", "hello"), mood="dark"),
    chat_line(("user", ""), ("assistant", "")),
]


def values(stage: Stage) -> list[object]:
    return [json.loads(row[3]) for row in stage.workspace.examples().bodies()]


def answer(stage: Stage, mode: str = "", accept: bool = True) -> list[str]:
    """Answer the dialog as soon as it is there; the texts of its previews come into the list."""
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, PasteDialog):
            QTimer.singleShot(10, look)
            return
        seen.append(dialog.mode)
        seen.extend(str(preview.role.currentData()) for preview in dialog.previews())
        if mode:
            dialog.choice.set_current(mode)
        (dialog.apply if accept else dialog.cancel).click()

    QTimer.singleShot(10, look)
    return seen


def test_the_dialog_shows_what_the_text_becomes(qtbot: QtBot) -> None:
    dialog = PasteDialog(TALK)
    show(qtbot, dialog)
    assert [message.text for message in dialog.messages()] == [
        "How far is the Moon?",
        "384,400 km.",
        "Thanks",
    ]
    assert dialog.apply.text() == "Paste 3 messages"
    roles = dialog.previews()[2].role
    roles.setCurrentIndex(roles.findData("system"))
    assert [message.role for message in dialog.messages()] == ["user", "assistant", "system"]
    qtbot.mouseClick(dialog.swap, Qt.MouseButton.LeftButton)
    assert [message.role for message in dialog.messages()] == ["assistant", "user", "system"]
    assert dialog.previews()[0].role.currentData() == "assistant"


def test_typing_in_the_dialog_reads_again(qtbot: QtBot) -> None:
    dialog = PasteDialog()
    show(qtbot, dialog)
    assert not dialog.apply.isEnabled()
    assert dialog.empty.isVisible()
    dialog.source.insertPlainText("Q: hi\nA: <b>hello</b>")
    qtbot.waitUntil(lambda: len(dialog.previews()) == 2)
    assert dialog.messages()[1].text == "<b>hello</b>"
    assert not dialog.empty.isVisible()
    dialog.source.setPlainText("Nothing of the kind")
    qtbot.waitUntil(lambda: not dialog.previews())
    assert not dialog.apply.isEnabled()


def test_without_an_example_only_a_new_one_is_offered(qtbot: QtBot) -> None:
    dialog = PasteDialog(TALK, has_example=False)
    show(qtbot, dialog)
    assert dialog.mode == NEW
    assert not dialog.choice.button(APPEND).isEnabled()


@pytest.mark.parametrize("mode", [APPEND, REPLACE])
def test_the_command_pastes_into_the_open_example_as_one_step(stage: Stage, mode: str) -> None:
    before = values(stage)
    QApplication.clipboard().setText(TALK)
    seen = answer(stage, mode)
    assert stage.commands.invoke("message.paste")
    stage.settle()
    assert seen == [APPEND, "user", "assistant", "user"]
    pasted = ["How far is the Moon?", "384,400 km.", "Thanks"]
    assert texts(stage.page.pane.conversation) == (["hi", "hello"] if mode == APPEND else []) + pasted
    assert values(stage)[0]["mood"] == "dark"  # type: ignore[index]
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert values(stage) == before


def test_a_new_example_is_made_of_it_and_opened(stage: Stage) -> None:
    QApplication.clipboard().setText('[{"role": "user", "content": "hi", "weight": 1, "n": 1.50}]')
    answer(stage, NEW)
    stage.commands.invoke("message.paste")
    stage.settle()
    assert stage.title() == "Example 2"
    row = list(stage.workspace.examples().bodies())[1][3]
    assert row == b'{"messages": [{"role": "user", "content": "hi", "weight": 1, "n": 1.50}]}\n'
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert len(values(stage)) == 2


def test_cancel_changes_nothing(stage: Stage) -> None:
    before = values(stage)
    QApplication.clipboard().setText(TALK)
    answer(stage, accept=False)
    stage.commands.invoke("message.paste")
    stage.settle()
    assert values(stage) == before


def paste_into(stage: Stage, index: int) -> None:
    QApplication.clipboard().setText(TALK)
    editor_at(stage.page.pane.conversation, index).setFocus()
    stage.press(Qt.Key.Key_V, CONTROL)


def test_a_paste_into_an_empty_example_is_offered_as_messages(stage: Stage) -> None:
    stage.press(Qt.Key.Key_J)
    stage.settle()
    offers: list[object] = []
    stage.commands.noticed.connect(lambda _text, _action, callback: offers.append(callback))
    paste_into(stage, 0)
    stage.settle()
    assert stage.notices == ["This looks like a conversation of 3 messages."]
    assert texts(stage.page.pane.conversation)[0] == TALK
    seen = answer(stage)
    offers[0]()  # type: ignore[operator]
    stage.settle()
    assert seen[0] == REPLACE
    assert texts(stage.page.pane.conversation) == ["How far is the Moon?", "384,400 km.", "Thanks"]
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert texts(stage.page.pane.conversation)[0] == TALK


def test_nothing_is_offered_where_there_is_text(stage: Stage) -> None:
    paste_into(stage, 0)
    stage.settle()
    assert stage.notices == []


def test_the_conversation_is_copied_as_text_that_reads_back(stage: Stage) -> None:
    stage.commands.invoke("message.copy_all")
    assert QApplication.clipboard().text() == "User: hi\n\nAssistant: hello"
    assert stage.notices == ["2 messages copied."]
