"""The example as JSON: shown, edited, applied as one step, kept while it is not valid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Location
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.json_view import SHOWN_LIMIT, JsonView
from tests.helpers.qt import show
from tests.ui.write.conversation_parts import CONTROL, SHIFT, example_of, marv, roles
from tests.ui.write.page_parts import Stage

CHAT = (
    b'{"messages":[{"role":"user","content":"caf\\u00e9"}, {"role":"assistant","content":"b","score":1.50}],'
    b'"big":12345678901234567890}\n'
)
OTHER = b'{"prompt": "a",  "completion":"b"}\n'


@pytest.fixture
def stage(tmp_path: Path, theme: ThemeManager, qtbot: QtBot) -> Iterator[Stage]:
    path = tmp_path / "data.jsonl"
    path.write_bytes(CHAT + OTHER)
    made = Stage(path, theme, qtbot)
    yield made
    made.stop()


def view_of(stage: Stage) -> JsonView:
    view = stage.page.tools.json.view
    assert view is not None
    return view


def replace(view: JsonView, old: str, new: str) -> None:
    """Change the text as a person does, through the editor's document."""
    cursor = view.editor.document().find(old)
    assert not cursor.isNull()
    cursor.insertText(new)
    view.judge()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"prompt": "a"}\n', "neither a conversation nor a pair"),
        (b'{"messages": 3}\n', "“messages” is not a list"),
        (b'{"messages": [}\n', "not valid JSON"),
        (b"[1]\n", "not a JSON object"),
    ],
)
def test_other_examples_say_what_is_wrong(qtbot: QtBot, body: bytes, words: str) -> None:
    view = JsonView()
    show(qtbot, view, 600, 400)
    view.show_example(example_of(body))
    assert words in view.words
    assert "".join(view.editor.true_text.split()) == "".join(body.decode().split())
    view.show_example(marv())
    assert view.words == ""


def test_a_long_example_is_cut_and_read_only(qtbot: QtBot) -> None:
    view = JsonView()
    show(qtbot, view, 600, 400)
    view.show_example(example_of({"messages": [{"role": "user", "content": "x" * SHOWN_LIMIT}]}))
    assert "too long to be edited here" in view.words
    assert view.editor.isReadOnly()
    assert not view.apply.isVisible()


def test_what_is_wrong_is_said_underlined_and_gone_to(qtbot: QtBot) -> None:
    view = JsonView()
    show(qtbot, view, 600, 400)
    view.show_example(example_of(CHAT))
    replace(view, '"role": "user",', '"role": "user"')
    assert view.problem.text() == "Line 5, column 7: a comma or } should stand here."
    marked = view.editor.extraSelections()
    assert [each.cursor.selectedText() for each in marked] == ['"']
    assert not view.apply.isEnabled()
    assert not view.commit()
    qtbot.mouseClick(view.place, Qt.MouseButton.LeftButton)
    assert view.editor.textCursor().blockNumber() == 4
    replace(view, '"role": "user"', '"role": "user",')
    assert view.problem.text() == ""
    assert not view.is_edited


def test_its_own_undo_until_applied(qtbot: QtBot) -> None:
    view = JsonView()
    show(qtbot, view, 600, 400)
    view.show_example(example_of(CHAT))
    view.editor.setFocus()
    qtbot.keyClicks(view.editor, "xy")
    assert view.is_edited
    for _ in range(3):
        qtbot.keyClick(view.editor, Qt.Key.Key_Z, CONTROL)
    assert not view.is_edited
    qtbot.keyClicks(view.editor, "x")
    qtbot.waitUntil(view.revert.isEnabled)
    qtbot.mouseClick(view.revert, Qt.MouseButton.LeftButton)
    assert not view.is_edited


def test_the_toggle_shows_json_and_the_cards_again(stage: Stage) -> None:
    pane = stage.page.pane
    stage.press(Qt.Key.Key_J, CONTROL)
    assert pane.is_json
    assert pane.header.json.isChecked()
    assert not stage.commands.action("message.add_user").isEnabled()
    stage.press(Qt.Key.Key_E)
    assert stage.focus() is view_of(stage).editor
    stage.press(Qt.Key.Key_J, CONTROL)
    assert not pane.is_json
    assert stage.commands.action("message.add_user").isEnabled()
    assert stage.bodies() == [CHAT, OTHER]


def test_an_edit_is_one_step_and_keeps_the_bytes_around_it(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    view = view_of(stage)
    replace(view, '"b"', '"new"')
    view.editor.setFocus()
    stage.press(Qt.Key.Key_Return, CONTROL)
    stage.settle()
    assert stage.bodies()[0] == CHAT.replace(b'"b"', b'"new"')
    assert not view.is_edited
    replace(view, '"user"', '"system"')
    stage.commands.invoke("view.json")
    stage.settle()
    assert roles(stage.page.pane.conversation) == ["system", "assistant"]
    for _ in range(2):
        stage.commands.invoke("edit.undo")
        stage.settle()
    assert stage.bodies() == [CHAT, OTHER]


def test_undo_from_outside_is_shown(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    view = view_of(stage)
    replace(view, '"b"', '"new"')
    view.commit()
    stage.settle()
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert '"b"' in view.editor.true_text
    assert not view.is_edited


def test_a_text_that_is_not_valid_waits_for_its_example(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    view = view_of(stage)
    replace(view, '"b",', '"b"')
    text = view.editor.true_text
    stage.press(Qt.Key.Key_J)
    stage.settle()
    assert stage.bodies() == [CHAT, OTHER]
    assert "completion" in view.editor.true_text
    stage.press(Qt.Key.Key_K)
    stage.settle()
    assert view.editor.true_text == text
    assert view.is_edited
    stage.commands.invoke("view.json")
    assert stage.notices == ["The JSON is not valid yet. Your text waits in the JSON view."]
    stage.commands.invoke("view.json")
    assert view.editor.true_text == text


def test_another_kind_is_always_json_and_can_become_a_conversation(stage: Stage) -> None:
    stage.press(Qt.Key.Key_J)
    stage.settle()
    view = view_of(stage)
    assert stage.page.pane.is_json
    cursor = view.editor.textCursor()
    cursor.select(cursor.SelectionType.Document)
    cursor.insertText('{"messages": [{"role": "user", "content": "hi"}]}')
    view.judge()
    stage.qtbot.mouseClick(view.apply, Qt.MouseButton.LeftButton)
    stage.settle()
    assert stage.bodies()[1] == b'{"messages": [{"role": "user",  "content": "hi"}]}\n'
    assert not stage.page.pane.is_json
    assert roles(stage.page.pane.conversation) == ["user"]


def test_a_place_is_shown_in_the_json(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    stage.page.open_example(1, Location(1, 1, "/content", 0, 1))
    stage.settle()
    cursor = view_of(stage).editor.textCursor()
    assert cursor.selectedText() == '"b",'


def test_find_goes_through_the_json(stage: Stage) -> None:
    stage.commands.invoke("view.json")
    stage.settle()
    editor = view_of(stage).editor
    stage.press(Qt.Key.Key_F, CONTROL | SHIFT)
    found = stage.page.tools.json.find
    assert found is not None
    assert found.bar.isVisible()
    found.bar.field.setText("content")
    found.search()
    stage.settle()
    assert [editor.true_text[start:end] for start, end in found.hits()] == ["content"] * 2
    assert found.bar.count.text() == "1 of 2"
    assert len(editor.extraSelections()) == 2
    stage.press(Qt.Key.Key_F3)
    assert found.bar.count.text() == "2 of 2"
    replace(view_of(stage), '"content": "b"', '"text": "b"')
    stage.qtbot.waitUntil(lambda: found.bar.count.text() == "1 of 1")
    found.bar.is_regex.click()
    found.bar.field.setText("(")
    found.search()
    stage.settle()
    assert found.bar.problem.text().startswith("This pattern cannot be used")
    found.bar.is_regex.click()
    found.bar.field.setText("score")
    found.search()
    stage.settle()
    found.close()
    assert editor.textCursor().selectedText() == "score"
    assert editor.hasFocus()
    assert editor.extraSelections() == []
    view_of(stage).take_back()


def test_the_json_has_the_size_of_the_messages(stage: Stage) -> None:
    stage.commands.invoke("view.zoom_in")
    stage.commands.invoke("view.json")
    stage.settle()
    editor = view_of(stage).editor
    size = editor.fontInfo().pixelSize()
    stage.commands.invoke("view.zoom_in")
    assert editor.fontInfo().pixelSize() > size
    stage.commands.invoke("view.zoom_reset")
    assert editor.fontInfo().pixelSize() < size
