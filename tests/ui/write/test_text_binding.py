"""The truth survives the widget: nothing changes that nobody edited."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from finetune_studio.ui.write.text_binding import TextBinding
from tests.helpers.shared_data import shared_file

any_text = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\r\n\u2028\u2029\ufeff\0ab \u00a0\ud800")),
    max_size=40,
)


def _shown_in(editor: QPlainTextEdit, text: str) -> TextBinding:
    binding = TextBinding(text)
    editor.setPlainText(binding.shown)
    return binding


@given(text=any_text)
def test_positions_map_there_and_back(text: str) -> None:
    binding = TextBinding(text)
    assert binding.to_text(len(binding.shown)) == len(text)
    for position in range(len(binding.shown) + 1):
        assert binding.to_shown(binding.to_text(position)) == position


@given(text=any_text, place=st.floats(0, 1), typed=st.text(alphabet="xyz", min_size=1, max_size=5))
def test_typing_touches_only_its_place(text: str, place: float, typed: str) -> None:
    binding = TextBinding(text)
    at = int(place * len(binding.shown))
    expected = text[: binding.to_text(at)] + typed + text[binding.to_text(at) :]
    assert binding.take(binding.shown[:at] + typed + binding.shown[at:])
    assert binding.text == expected


def test_a_new_line_follows_the_line_ends_of_the_text() -> None:
    windows = TextBinding("a\r\nb")
    windows.take("a\u2029b\u2029c")
    assert windows.text == "a\r\nb\r\nc"
    mixed = TextBinding("a\r\nb\nc")
    mixed.take("a\u2029b\u2029c\u2029")
    assert mixed.text == "a\r\nb\nc\n"


@pytest.mark.parametrize(
    "text", ["\ufeffhello", "a\r\nb\rc\nd", "\ud83d lone", "nb\u00a0sp", "x\u2028y\u2029z", "nul\0", "\ufdd0"]
)
def test_showing_a_text_in_the_editor_changes_nothing(qtbot: QtBot, text: str) -> None:
    editor = QPlainTextEdit()
    qtbot.addWidget(editor)
    binding = _shown_in(editor, text)
    assert not binding.take(editor.document().toRawText())
    assert binding.text == text


def test_no_naughty_string_is_changed_by_being_shown_or_by_a_key_at_its_end(qtbot: QtBot) -> None:
    editor = QPlainTextEdit()
    qtbot.addWidget(editor)
    for text in json.loads(shared_file("blns.json").read_text(encoding="utf-8")):
        binding = _shown_in(editor, text)
        assert not binding.take(editor.document().toRawText()), text
        editor.moveCursor(QTextCursor.MoveOperation.End)
        editor.insertPlainText("!")
        assert binding.take(editor.document().toRawText())
        assert binding.text == text + "!"
