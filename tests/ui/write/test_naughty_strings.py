"""All the naughty strings: typed key by key, through the paste dialog, and through the JSON view."""

import json
import unicodedata

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import messages_of
from finetune_studio.formats.records import decode
from finetune_studio.formats.transcripts import parse_transcript
from finetune_studio.ui.write.json_view import JsonView
from finetune_studio.ui.write.message_editor import MessageEditor
from finetune_studio.ui.write.paste_dialog import PasteDialog
from tests.helpers.qt import show
from tests.helpers.shared_data import shared_file
from tests.ui.write.conversation_parts import example_of, message

_LOOK_EVERY = 25
"""Strings between looks at every label."""
_KEYS = {"\n": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab}
_NOT_TYPED = ("Cc", "Cn")
"""Categories of characters that no keyboard gives: Qt's editors take no key for them, nor for U+FEFF."""


@pytest.fixture(scope="module")
def strings() -> list[str]:
    found = json.loads(shared_file("blns.json").read_text(encoding="utf-8"))
    return [*dict.fromkeys(found), "a\r\nb", "\ufeffbom", "x\u2028y", "nb\u00a0sp", "z\u200bw \u202etxet"]


def send_keys(editor: QWidget, text: str) -> None:
    """Key presses and releases, as a keyboard of any script gives them."""
    for character in text:
        key = _KEYS.get(character, Qt.Key.Key_unknown)
        given = "\r" if character == "\n" else character
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, given)
            QCoreApplication.sendEvent(editor, event)


def as_typed(text: str) -> str:
    """What a keyboard can give of a text; a paragraph separator is a line end where it is typed."""
    typed = text.replace("\u2029", "\n").replace("\ufeff", "")
    return "".join(c for c in typed if c in _KEYS or unicodedata.category(c) not in _NOT_TYPED)


@pytest.mark.timeout(240)
def test_every_string_is_typed_to_the_character(qtbot: QtBot, strings: list[str]) -> None:
    editor = MessageEditor()
    show(qtbot, editor, 600, 200)
    editor.setFocus()
    wrong = []
    for text in strings:
        editor.set_true_text("")
        send_keys(editor, text)
        if editor.true_text != as_typed(text):
            wrong.append((text, editor.true_text))
    assert wrong == []
    assert sum(as_typed(text) == text for text in strings) > 500


def test_what_is_typed_into_a_string_changes_nothing_else_of_it(qtbot: QtBot, strings: list[str]) -> None:
    editor = MessageEditor()
    show(qtbot, editor, 600, 200)
    editor.setFocus()
    for text in strings:
        editor.set_true_text(text)
        editor.put_caret(at_end=True)
        send_keys(editor, "é!")
        assert editor.true_text == f"{text}é!"


def assert_plain(window: QWidget) -> None:
    for label in window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text()


@pytest.mark.timeout(240)
def test_every_string_goes_through_the_paste_dialog(qtbot: QtBot, strings: list[str]) -> None:
    dialog = PasteDialog("", is_empty=True)
    show(qtbot, dialog, 900, 620)
    read = 0
    for number, text in enumerate(strings):
        turns = [message("user", text), message("assistant", text)]
        for pasted in (text, f"User: {text}\nAssistant: {text}", json.dumps(turns, ensure_ascii=False)):
            data = QMimeData()
            data.setText(pasted)
            dialog.source.selectAll()
            dialog.source.insertFromMimeData(data)
            dialog.read()
            assert dialog.messages() == parse_transcript(pasted).messages
            read += bool(dialog.messages())
        assert [found.text for found in dialog.messages()] == [text, text]
        if number % _LOOK_EVERY == 0:
            assert_plain(dialog)
    assert read > 2 * len(strings) - 10
    cursor = dialog.source.textCursor()
    cursor.setPosition(0)
    dialog.source.setTextCursor(cursor)
    send_keys(dialog.source, " ")
    dialog.read()
    assert [found.text for found in dialog.messages()] == [strings[-1]] * 2
    dialog.reject()


@pytest.mark.timeout(240)
def test_every_string_goes_through_the_json_view(qtbot: QtBot, strings: list[str]) -> None:
    view = JsonView()
    show(qtbot, view, 700, 500)
    applied: list[str] = []
    view.apply_requested.connect(lambda text, _base: applied.append(text))
    for number, text in enumerate(strings):
        line = json.dumps({"messages": [message("user", text)]}, ensure_ascii=number % 2 == 0)
        example = example_of(line.encode() + b"\n", number + 1)
        view.show_example(example)
        assert not view.is_edited
        assert json.loads(view.editor.true_text)["messages"][0]["content"] == text
        view.editor.document().find('"user"').insertText('"system"')
        assert view.commit(), text
        changed = messages_of(decode(applied[-1].encode("utf-8", "surrogatepass"))[1])[0]
        assert (changed.role, changed.text) == ("system", text)
        view.take_back()
        if number % _LOOK_EVERY == 0:
            assert_plain(view)
    assert len(applied) == len(strings)
