"""The editor of a tool: a form and its JSON, which are one text."""

import json
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from finetune_studio.formats.json_layout import one_line_text
from finetune_studio.ui.widgets import ComboBox
from finetune_studio.ui.write.tool_editor import ToolEditor, problem_in
from tests.helpers.qt import is_gone, show

TOOL = {
    "type": "function",
    "function": {
        "strict": True,
        "name": "get_weather",
        "description": "How warm it is",
        "parameters": {
            "type": "object",
            "$defs": {"a": {"type": "null"}},
            "properties": {
                "city": {"type": "string", "minLength": 1},
                "when": {"anyOf": [{"$ref": "#/$defs/a"}]},
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


@pytest.fixture
def editor(qtbot: QtBot) -> ToolEditor:
    made = ToolEditor(json.dumps(TOOL), "Tool", ["search"])
    show(qtbot, made, 1040, 680)
    return made


def function(editor: ToolEditor) -> dict[str, Any]:
    value = json.loads(editor.text)["function"]
    assert isinstance(value, dict)
    return value


def test_both_sides_show_the_same_definition(editor: ToolEditor) -> None:
    assert one_line_text(editor.text) == json.dumps(TOOL)
    assert editor.json.toPlainText() == editor.text
    assert [block.name.text() for block in editor.form.blocks] == ["city", "when"]
    assert editor.form.blocks[0].required.isChecked()
    assert editor.form.blocks[1].kind.currentText() == "As in the JSON"
    assert editor.validity.text() == "A valid definition."


def test_typing_in_the_form_changes_the_json_and_nothing_else(editor: ToolEditor) -> None:
    block = editor.form.blocks[0]
    block.name.selectAll()
    QTest.keyClicks(block.name, "town")
    QTest.keyClicks(block.words, "Where")
    editor.form.description.setPlainText("Weather")
    block.required.click()
    expected = json.dumps(TOOL).replace(
        '"city": {"type": "string", "minLength": 1}',
        '"town": {"type": "string", "minLength": 1, "description": "Where"}',
    )
    expected = expected.replace('"How warm it is"', '"Weather"').replace('"required": ["city"], ', "")
    assert one_line_text(editor.text) == expected
    assert editor.json.toPlainText() == editor.text


def test_typing_json_fills_the_form(editor: ToolEditor) -> None:
    changed = editor.text.replace("get_weather", "weather").replace(
        '"city": {', '"n": {"type": "integer"},\n"city": {'
    )
    editor.json.setPlainText(changed)
    assert editor.form.name.text() == "weather"
    assert [block.name.text() for block in editor.form.blocks] == ["n", "city", "when"]
    assert editor.text == changed


def test_json_that_cannot_be_read_is_told_with_its_place_and_cannot_be_saved(
    editor: ToolEditor, qtbot: QtBot
) -> None:
    good = editor.text
    editor.json.setPlainText(good.replace('"type": "function",', '"type": "function"'))
    assert editor.validity.text().startswith("Line 3, column 3: a comma")
    assert not editor.save.isEnabled()
    assert not editor.form.isEnabled()
    assert editor.text == good
    editor.json.setPlainText(good)
    qtbot.waitUntil(editor.save.isEnabled)
    assert editor.form.isEnabled()


def test_parameters_are_added_moved_and_removed(editor: ToolEditor) -> None:
    QTest.mouseClick(editor.form.add, Qt.MouseButton.LeftButton)
    block = editor.form.blocks[2]
    assert block.name.hasFocus()
    QTest.keyClicks(block.name, "unit")
    block.choices.setFocus()
    QTest.keyClicks(block.choices, "celsius, kelvin")
    block.up.click()
    assert list(function(editor)["parameters"]["properties"]) == ["city", "unit", "when"]
    assert function(editor)["parameters"]["properties"]["unit"]["enum"] == ["celsius", "kelvin"]
    editor.form.blocks[0].remove.click()
    assert list(function(editor)["parameters"]["properties"]) == ["unit", "when"]
    assert "required" not in function(editor)["parameters"]


def test_a_name_that_is_taken_or_empty_is_told_at_its_field(editor: ToolEditor) -> None:
    block = editor.form.blocks[1]
    block.name.selectAll()
    QTest.keyClicks(block.name, "city")
    assert block.note.text() == "“city” is the name of another parameter."
    assert list(function(editor)["parameters"]["properties"]) == ["city", "cit"]
    block.name.clear()
    QTest.keyClick(block.name, Qt.Key.Key_Backspace)
    block.name.textEdited.emit("")
    assert block.note.text() == "A parameter needs a name."


def test_a_type_is_chosen_by_key(editor: ToolEditor) -> None:
    block = editor.form.blocks[0]
    block.kind.setFocus()
    QTest.keyClick(block.kind, Qt.Key.Key_Down)
    assert function(editor)["parameters"]["properties"]["city"] == {"type": "number", "minLength": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "search"}, "The example has a tool named “search” already."),
        ({"name": "a b"}, "This tool is named “a b”"),
        ({"parameters": {"type": "object", "properties": {"a": 1}}}, "that are no JSON Schema"),
    ],
)
def test_a_problem_is_told_in_words(change: dict[str, Any], words: str) -> None:
    text = json.dumps({"type": "function", "function": {"name": "a", **change}})
    assert words in problem_in(text, ["search"])


def test_the_scope_is_offered_when_other_examples_have_the_tool(editor: ToolEditor) -> None:
    assert not editor.is_everywhere
    editor.show_uses(42, 3)
    assert editor.everywhere.text() == "Change it in all 42 examples that define it like this"
    editor.everywhere.click()
    editor.different.click()
    assert editor.is_everywhere
    assert editor.takes_different
    editor.everywhere.click()
    assert not editor.takes_different


def test_many_parameters_come_a_few_at_a_time(qtbot: QtBot) -> None:
    properties = {f"p{n}": {"type": "string"} for n in range(12)}
    tool = {"type": "function", "function": {"name": "a", "parameters": {"properties": properties}}}
    made = ToolEditor(json.dumps(tool))
    show(qtbot, made, 900, 600)
    qtbot.waitUntil(lambda: len(made.form.blocks) == 12)
    assert [block.name.text() for block in made.form.blocks] == list(properties)
    assert not made.form.blocks[11].down.isEnabled()


def test_a_closed_editor_is_freed(qtbot: QtBot) -> None:
    made = ToolEditor(json.dumps(TOOL))
    made.show()
    made.reject()
    made.deleteLater()
    qtbot.waitUntil(lambda: is_gone([made]))


def test_every_control_has_a_name(editor: ToolEditor) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit

    for kind in (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit):
        for widget in editor.findChildren(kind):
            if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget


def test_fields_inside_objects_and_lists_are_edited_in_the_form(editor: ToolEditor, qtbot: QtBot) -> None:
    editor.form.add.click()
    block = editor.form.blocks[2]
    QTest.keyClicks(block.name, "stops")
    choose(block.kind, "array")
    assert block.items.currentText() == "of texts"
    choose(block.items, "object")
    block.inside.click()
    inner = editor.form.blocks[3]
    assert inner.name.hasFocus()
    QTest.keyClicks(inner.name, "place")
    assert inner.name.accessibleName() == "Parameter stops.place, name"
    choose(inner.kind, "object")
    inner.required.click()
    inner.inside.click()
    QTest.keyClicks(editor.form.blocks[4].name, "lat")
    choose(editor.form.blocks[4].kind, "number")
    inner.inside.click()
    QTest.keyClicks(editor.form.blocks[5].name, "lon")
    editor.form.blocks[5].up.click()
    assert function(editor)["parameters"]["properties"]["stops"] == {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "place": {
                    "type": "object",
                    "properties": {"lon": {"type": "string"}, "lat": {"type": "number"}},
                }
            },
            "required": ["place"],
        },
    }
    assert [block.parameter.path for block in editor.form.blocks[2:]] == [
        ("stops",),
        ("stops", "place"),
        ("stops", "place", "lon"),
        ("stops", "place", "lat"),
    ]

    def lefts() -> list[int]:
        return [block.name.mapTo(editor.form, QPoint()).x() for block in editor.form.blocks[2:]]

    qtbot.waitUntil(lambda: lefts() == [lefts()[0] + indent for indent in (0, 22, 44, 44)])
    assert not editor.form.blocks[4].up.isEnabled()
    editor.form.blocks[4].remove.click()
    assert [block.name.text() for block in editor.form.blocks[2:]] == ["stops", "place", "lat"]
    assert function(editor)["parameters"]["properties"]["city"] == {"type": "string", "minLength": 1}


def choose(box: ComboBox, data: str) -> None:
    """As a person does: a choice that is made, not one that is set."""
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())
