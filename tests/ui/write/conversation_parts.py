"""Examples and helpers for the tests of the conversation editor."""

import json
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.domain.example import Example
from finetune_studio.formats.records import decode
from finetune_studio.ui.write.conversation_view import ConversationView
from finetune_studio.ui.write.message_editor import MessageEditor
from tests.helpers.qt import show

CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
}
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def an_example(*messages: Any, example_id: int = 1, **more: Any) -> Example:
    return example_of({"messages": list(messages), **more}, example_id)


def a_pair(*prompt: Any, preferred: list[Any], non_preferred: list[Any]) -> Example:
    return example_of(
        {
            "input": {"messages": list(prompt)},
            "preferred_output": preferred,
            "non_preferred_output": non_preferred,
        }
    )


def example_of(value: Any, example_id: int = 1) -> Example:
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode() + b"\n"
    kind, record = decode(body)
    return Example(example_id, "uid", kind, body, record)


def marv() -> Example:
    return an_example(
        message("system", "Marv is sarcastic."),
        message("user", "How far is the Moon?"),
        message("assistant", "Around 384,400 km.  Give or take."),
    )


def a_finding(
    index: int | None,
    start: int | None = None,
    end: int | None = None,
    field: str = "/content",
    severity: Severity = Severity.WARNING,
    code: str = "Q105",
) -> Diagnostic:
    return Diagnostic(code, severity, "Two spaces <b>here</b>", Location(1, index, field, start, end))


def shown_view(qtbot: QtBot, example: Example | None = None, height: int = 600) -> ConversationView:
    view = ConversationView()
    show(qtbot, view, 760, height)
    if example is not None:
        view.set_example(example)
    return view


def editor_at(view: ConversationView, index: int, field: str = "/content") -> MessageEditor:
    card = view.card_at(index)
    assert card is not None
    editor = card.body.editor_of(field)
    assert editor is not None
    return editor


def texts(view: ConversationView) -> list[str]:
    return [shown.text for shown in view.messages()]


def roles(view: ConversationView) -> list[str]:
    return [shown.role for shown in view.messages()]


def focus_widget() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(
    key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, times: int = 1
) -> None:
    """Keys as they come from the keyboard: to whatever has the focus."""
    for _ in range(times):
        QTest.keyClick(focus_widget(), key, modifiers)


def type_text(text: str) -> None:
    QTest.keyClicks(focus_widget(), text)
