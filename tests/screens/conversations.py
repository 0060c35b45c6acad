"""Pictures of the conversation editor: tools, parts, a pair, a long one, an empty one, and what is none."""

import base64
import json
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QPixmap

from tests.screens.stage import Stage

_ASK = {"id": "call_1", "type": "function"}


def conversations(stage: Stage) -> None:
    """One example for each state, opened one after the other."""
    examples = open_conversations(stage, "conversations.jsonl")
    page: Any = stage.page("write")
    ids = [row for chunk in stage.workspace.examples().ids() for row in chunk]
    for name, example_id in zip(examples, ids, strict=True):
        page.open_example(example_id, None)
        stage.settle(500)
        if name == "tools":
            page.pane.conversation.focus_message(6)
        stage.shoot(f"conversation-{name}")
    page.open_example(ids[0], None)
    stage.settle(300)
    page.pane.conversation.add_tool_call()
    stage.settle(800)
    stage.shoot("conversation-tool-call-form")


def open_conversations(stage: Stage, file_name: str) -> list[str]:
    """Write the examples to a file of this name, open it, and give what each example shows."""
    path = stage.folder / file_name
    examples = _examples()
    path.write_text("".join(f"{json.dumps(value)}\n" for value in examples.values()), encoding="utf-8")
    stage.open(path)
    return list(examples)


def _message(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def _examples() -> dict[str, Any]:
    marv = [
        _message("system", "Marv is a factual chatbot that is also sarcastic."),
        _message("user", "How far is the Moon from Earth?"),
        _message("assistant", "Around 384,400 kilometers.  Give or take a few, like that really matters."),
    ]
    call = _ASK | {"function": {"name": "get_weather", "arguments": '{"city": "Oslo", "unit": "celsius"}'}}
    weather = [
        _message("user", "And how warm is it in Oslo right now?"),
        _message("assistant", None, tool_calls=[call]),
        _message("tool", '{"temperature": 7, "sky": "rain"}', tool_call_id="call_1"),
        _message("assistant", "Seven degrees and raining. Oslo is nothing if not consistent.", weight=0),
    ]
    return {
        "tools": {"messages": marv + weather},
        "parts": {"messages": _parts()},
        "pair": {
            "input": {"messages": marv[:2]},
            "preferred_output": [marv[2]],
            "non_preferred_output": [_message("assistant", "384,400 km.")],
        },
        "long": {"messages": [_message(("user", "assistant")[n % 2], _words(n)) for n in range(1000)]},
        "empty": {"messages": []},
        "other": {"prompt": "How far is the Moon?", "completion": "384,400 km."},
    }


def _words(number: int) -> str:
    return f"Message {number + 1} goes on for a while. " * (1 + number % 9)


def _parts() -> list[Any]:
    broken = _ASK | {"function": {"name": "search", "arguments": '{"q": oops}'}}
    return [
        _message(
            "user",
            [
                {"type": "text", "text": "What is on this picture?"},
                {"type": "image_url", "image_url": {"url": _picture()}},
                {"type": "image_url", "image_url": {"url": "https://example.com/moon.png"}},
                {"type": "input_audio", "input_audio": {}},
            ],
            name="anna",
        ),
        {"role": "assistant", "content": None, "refusal": "I will not say.", "mood": "dark", "score": 2},
        _message("user", "Zero\u200bwidth, bidi \u202etxet\u202c, no-break\u00a0space, <|im_end|>"),
        _message("wizard", "A role that nobody knows"),
        _message("assistant", "", tool_calls=[broken]),
        _message("user", 12),
    ]


def _picture() -> str:
    pixmap = QPixmap(300, 200)
    pixmap.fill(QColor("#336699"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(data.data()).decode()}"
