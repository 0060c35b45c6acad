"""Pictures of tools: the pane above a conversation, the editor, the library, the forms of calls, images."""

import json
from typing import Any

from PySide6.QtGui import QColor, QImage

from finetune_studio.ui.write.image_files import url_of_image
from finetune_studio.ui.write.tool_editor import ToolEditor
from finetune_studio.ui.write.tool_gather_dialog import ToolGatherDialog
from finetune_studio.ui.write.tool_library_dialog import ToolLibraryDialog
from finetune_studio.workspace.operations import tool_library
from finetune_studio.workspace.queries.examples import list_ids
from tests.screens.stage import Stage


def tools(stage: Stage) -> None:
    """Examples with no, one and many tools; then each dialog."""
    path = stage.folder / "tools.jsonl"
    path.write_text("".join(f"{json.dumps(value)}\n" for value in _examples()), encoding="utf-8")
    stage.open(path)
    page: Any = stage.page("write")
    ids = list_ids(stage.workspace)
    for name, example_id, is_open in (
        ("closed", ids[0], False),
        ("one", ids[0], True),
        ("many", ids[1], True),
        ("empty", ids[2], True),
    ):
        page.open_example(example_id, None)
        stage.settle(500)
        page.pane.tools.set_open(is_open)
        stage.shoot(f"tools-{name}")
    page.pane.tools.set_open(False)
    _calls(stage, page, ids[0])
    page.open_example(ids[4], None)
    stage.settle(800)
    stage.shoot("images")
    page.open_example(ids[5], None)
    stage.settle(500)
    stage.shoot("tools-functions")
    _dialogs(stage, page)


def _calls(stage: Stage, page: Any, example_id: int) -> None:
    page.open_example(example_id, None)
    stage.settle(400)
    view = page.pane.conversation
    view.card_at(1).call_view(0).summary.click()
    stage.settle(500)
    stage.shoot("tool-call-form")
    view.card_at(1).call_view(0).editor.mode.click()
    stage.settle(300)
    stage.shoot("tool-call-json")
    view.card_at(1).call_view(0).editor.done.click()


def _dialogs(stage: Stage, page: Any) -> None:
    window = stage.studio.window
    text = json.dumps(_weather())
    editor = ToolEditor(text, "Tool get_weather", (), window)
    editor.show_uses(42, 3, is_chosen=True)
    stage.shoot_dialog("tool-editor", editor)
    broken = ToolEditor(text, "Tool get_weather", (), window)
    broken.json.setPlainText(broken.json.toPlainText().replace('"type": "object",', '"type": "object"', 1))
    stage.shoot_dialog("tool-editor-error", broken)
    stage.shoot_dialog("tool-editor-new", ToolEditor(parent=window))
    nested = ToolEditor(json.dumps(_trip()), "Tool plan_trip", (), window)
    stage.shoot_dialog("tool-editor-nested", nested)
    chosen = list_ids(stage.workspace)
    library = ToolLibraryDialog(stage.workspace, stage.studio.commands, chosen, None, window)
    stage.shoot_dialog("tool-library-empty", library)
    stage.shoot_dialog("tool-gather", ToolGatherDialog(stage.workspace, [], window))
    found = [json.dumps(tool) for tool in (_weather(), *_many()[:4])]
    stage.workspace.perform(tool_library.gather_into_library, found)
    stage.wait(lambda: not stage.workspace.pending_writes)
    library = ToolLibraryDialog(stage.workspace, stage.studio.commands, chosen, None, window)
    stage.shoot_dialog("tool-library", library)


def _tool(name: str, words: str, properties: Any, *required: str) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return {"type": "function", "function": {"name": name, "description": words, "parameters": parameters}}


def _weather(words: str = "The weather in a town, now and for the coming days.") -> dict[str, Any]:
    tool = _tool(
        "get_weather",
        words,
        {
            "city": {"type": "string", "description": "The town, in English"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer", "description": "How many days ahead", "minimum": 0},
            "place": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}},
        },
        "city",
    )
    tool["function"]["parameters"]["additionalProperties"] = False
    return tool | {"function": tool["function"] | {"strict": True}}


def _trip() -> dict[str, Any]:
    stop = {"type": "object", "properties": {"place": {"type": "string"}, "nights": {"type": "integer"}}}
    stops = {"type": "array", "description": "The places between", "items": stop | {"required": ["place"]}}
    return _tool(
        "plan_trip", "Plans a trip", {"stops": stops, "tags": {"type": "array", "items": {}}}, "stops"
    )


def _many() -> list[dict[str, Any]]:
    names = ("search_flights", "book_flight", "cancel_booking", "find_hotel", "rent_a_car", "convert_money")
    words = "Looks through what is on offer and gives the best ten, with prices in the wanted currency"
    return [_tool(name, words, {"q": {"type": "string"}, "n": {"type": "integer"}}, "q") for name in names]


def _examples() -> list[dict[str, Any]]:
    function = {"name": "get_weather", "arguments": '{"city": "Oslo", "unit": "celsius"}'}
    call = {"id": "call_1", "type": "function", "function": function}
    turns = [
        {"role": "user", "content": "And how warm is it in Oslo right now?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"temperature": 7, "sky": "rain"}'},
        {"role": "assistant", "content": "Seven degrees and raining."},
    ]
    pictures = [
        {"type": "text", "text": "Which of these is the harbour?"},
        {"type": "image_url", "image_url": {"url": _picture(640, 400, "#336699"), "detail": "high"}},
        {"type": "image_url", "image_url": {"url": _picture(300, 500, "#B7791F")}},
        {"type": "image_url", "image_url": {"url": "https://example.com/harbour.png"}},
    ]
    seen = [{"role": "user", "content": pictures}, {"role": "assistant", "content": "The second one."}]
    bare = [turns[0], turns[3]]
    return [
        {"messages": turns, "tools": [_weather()]},
        {"messages": turns, "tools": [_weather("Weather."), *_many()], "parallel_tool_calls": False},
        {"messages": bare},
        {"messages": turns, "tools": [_weather()]},
        {"messages": seen},
        {"messages": bare, "functions": [_weather()["function"], _many()[0]["function"]]},
    ]


def _picture(width: int, height: int, ground: str) -> str:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    return url_of_image(image)
