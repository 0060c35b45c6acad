"""Forms of tool calls, and of the answers to them."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from finetune_studio.ui.widgets import StudioLineEdit
from finetune_studio.ui.write.argument_row import ArgumentRow
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.framed_editor import FramedEditor
from finetune_studio.ui.write.tool_call_view import ToolCallView
from tests.ui.write.conversation_parts import an_example, message, press, shown_view, type_text

SCHEMA = {
    "type": "object",
    "required": ["city"],
    "properties": {
        "city": {"type": "string", "description": "A town"},
        "unit": {"type": "string", "enum": ["celsius", "kelvin"]},
        "days": {"type": "integer", "minimum": 1},
        "rain": {"type": "boolean"},
        "place": {"type": "object"},
    },
}


def tool(name: str, parameters: Any = None) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters or SCHEMA}}


def calling(*calls: tuple[str, str]) -> dict[str, Any]:
    made = [
        {"id": call_id, "type": "function", "function": {"name": "get_weather", "arguments": arguments}}
        for call_id, arguments in calls
    ]
    return message("assistant", None, tool_calls=made)


def answer(call_id: str, text: str = "7") -> dict[str, Any]:
    return message("tool", text, tool_call_id=call_id)


@pytest.fixture
def view(qtbot: QtBot) -> ConversationView:
    return shown_view(
        qtbot,
        an_example(
            message("user", "Weather?"),
            calling(("call_1", '{"city": "Oslo", "x": 1e5}')),
            answer("call_1"),
            tools=[
                tool("get_weather"),
                tool("search", {"type": "object", "properties": {"q": {"type": "string"}}}),
            ],
        ),
        height=900,
    )


def opened(view: ConversationView, index: int = 1) -> ToolCallView:
    card = view.card_at(index)
    assert card is not None
    call = card.call_view(0)
    assert call is not None
    if not call.is_open:
        QTest.mouseClick(call.summary, Qt.MouseButton.LeftButton)
    return call


def row(call: ToolCallView, name: str) -> ArgumentRow:
    return next(each for each in call.editor.form.rows if each.argument.name == name)


def arguments(view: ConversationView) -> str:
    return view.messages()[1].tool_calls[0].arguments


def test_the_form_has_a_field_that_fits_each_argument(view: ConversationView) -> None:
    call = opened(view)
    kinds = {each.argument.name: type(each.field) for each in call.editor.form.rows}
    assert kinds["city"] is FramedEditor
    assert issubclass(kinds["unit"], QComboBox)
    assert kinds["days"] is StudioLineEdit
    assert issubclass(kinds["rain"], QComboBox)
    assert kinds["place"] is FramedEditor
    assert not row(call, "x").argument.is_known
    assert row(call, "city").input.accessibleName() == "Argument city, required"
    assert row(call, "city").input.hasFocus() or call.editor.tool.hasFocus()


def test_typing_writes_one_argument_and_leaves_the_others(view: ConversationView) -> None:
    call = opened(view)
    row(call, "city").input.setFocus()
    press(Qt.Key.Key_End)
    type_text("\u00b7")
    row(call, "days").input.setFocus()
    type_text("3")
    assert arguments(view) == '{"city": "Oslo\u00b7", "x": 1e5, "days": 3}'
    box = row(call, "unit").field
    assert isinstance(box, QComboBox)
    box.setFocus()
    press(Qt.Key.Key_Down)
    assert arguments(view).endswith('"unit": "celsius"}')
    press(Qt.Key.Key_Up)
    assert "unit" not in arguments(view)


def test_what_does_not_fit_is_told_while_one_types(view: ConversationView) -> None:
    call = opened(view)
    days = row(call, "days")
    days.input.setFocus()
    type_text("0")
    assert "minimum" in days.note.text()
    press(Qt.Key.Key_Backspace)
    assert days.note.isHidden()
    type_text("x")
    assert days.note.text() == "“x” is not a whole number."
    assert "days" not in arguments(view)
    press(Qt.Key.Key_Backspace)
    assert call.editor.validity.text() == "Fits the tool"


def test_missing_arguments_and_unknown_tools_are_told(view: ConversationView) -> None:
    call = opened(view)
    call.editor.mode.click()
    assert call.shows_json
    call.editor.json.editor.setFocus()
    call.editor.json.editor.insert_true_text("")
    call.editor.json.editor.selectAll()
    type_text("{}")
    assert call.editor.validity.text() == "“city” is missing"
    call.editor.tool.setFocus()
    type_text("_x")
    assert call.editor.validity.text() == "The example defines no tool named “get_weather_x”"


def test_form_and_json_show_the_same(view: ConversationView) -> None:
    call = opened(view)
    call.editor.mode.click()
    call.editor.json.editor.set_true_text(call.editor.json.editor.true_text)
    call.editor.json.editor.selectAll()
    call.editor.json.editor.setFocus()
    type_text('{"city": "Rome", "rain": true}')
    call.editor.mode.click()
    assert not call.shows_json
    assert row(call, "city").argument.text == "Rome"
    rain = row(call, "rain").field
    assert isinstance(rain, QComboBox)
    assert rain.currentText() == "true"


def test_choosing_another_tool_brings_its_arguments_when_there_are_none_yet(
    view: ConversationView, qtbot: QtBot
) -> None:
    view.add_call(1)
    card = view.card_at(1)
    assert card is not None
    call = card.call_view(1)
    assert call is not None
    assert call.is_open
    assert view.messages()[1].tool_calls[1].arguments == '{"city": ""}'
    call.editor.tool.setCurrentIndex(1)
    call.editor.tool.activated.emit(1)
    made = view.messages()[1].tool_calls[1]
    assert (made.id, made.name, made.arguments) == ("call_2", "search", '{"q": ""}')
    assert [each.argument.name for each in call.editor.form.rows] == ["q"]
    assert [shown.tool_call_id for shown in view.messages()[2:]] == ["call_1", "call_2"]


def test_removing_a_call_takes_its_answer_along(view: ConversationView, qtbot: QtBot) -> None:
    call = opened(view)
    with qtbot.waitSignal(view.call_remove_requested) as waited:
        call.editor.remove.click()
    assert waited.args == [1, 0]
    assert [(shown.role, shown.text) for shown in view.messages()] == [
        ("user", "Weather?"),
        ("assistant", ""),
    ]


def test_tab_goes_through_the_form(view: ConversationView) -> None:
    call = opened(view)
    call.editor.tool.setFocus()
    order = []
    for _ in range(4 + len(call.editor.form.rows)):
        press(Qt.Key.Key_Tab)
        order.append(next((n for n, each in enumerate(call.focus_widgets()) if each.hasFocus()), -1))
    assert order[: len(order) - 1] == list(range(1, len(order)))


def test_the_answered_call_is_chosen_from_a_menu(qtbot: QtBot) -> None:
    view = shown_view(
        qtbot,
        an_example(
            message("user", "x"),
            calling(("a", "{}"), ("b", "{}")),
            answer("a"),
            answer("b"),
        ),
        height=900,
    )
    card = view.card_at(2)
    assert card is not None
    assert card.header.answers.text() == "answers a"
    menu = view._menus.open_answers(card.row, card.header.answers, view.answerable(2))  # type: ignore[arg-type]
    shown = [action.text() for action in menu.actions()]
    assert shown == ["a  get_weather", "b  get_weather  (changes places)"]
    chosen: QAction = menu.actions()[1]
    with qtbot.waitSignal(view.answered_requested) as waited:
        chosen.trigger()
    menu.close()
    assert waited.args == [2, "b"]
    assert [each.tool_call_id for each in view.messages()[2:]] == ["b", "a"]


def test_the_json_of_an_answer_is_laid_out_and_put_back(qtbot: QtBot) -> None:
    text = '{"t": 7.0, "sky": ["rain"]}'
    view = shown_view(qtbot, an_example(calling(("a", "{}")), answer("a", text)))
    view.lay_out_json(1, on_one_line=False)
    assert view.messages()[1].text == '{\n  "t": 7.0,\n  "sky": ["rain"]\n}'
    view.lay_out_json(1, on_one_line=True)
    assert view.messages()[1].text == text
    assert json.loads(text)["t"] == 7.0
