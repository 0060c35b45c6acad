"""The tools of an example on page Write: the pane, its keys, the library, and every step undone."""

import json
from array import array
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.example import Conversation
from finetune_studio.formats.records import decode
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import ALL_COMMANDS, CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.ui.write.tool_editor import ToolEditor
from finetune_studio.ui.write.tool_gather_dialog import ToolGatherDialog
from finetune_studio.ui.write.tool_library_dialog import ToolLibraryDialog
from finetune_studio.ui.write.tool_list import item_of
from finetune_studio.ui.write.tools_pane import ToolsPane
from finetune_studio.workspace.operations import tool_library
from finetune_studio.workspace.operations.examples import new_example
from finetune_studio.workspace.operations.raw_json import set_example_json
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.dialogs import during_dialog
from tests.helpers.qt import is_gone, show
from tests.ui.write.page_parts import Stage


def tool(name: str, words: str = "Words") -> dict[str, Any]:
    function = {"name": name, "description": words, "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", "function": function}


OLD = [{"name": "get_time", "description": "What time it is", "parameters": {"type": "object"}}]
LINES = [
    chat_line(("user", "One"), ("assistant", "a"), tools=[tool("get_weather"), tool("search")]),
    chat_line(("user", "Two"), ("assistant", "b"), tools=[tool("get_weather")]),
    chat_line(("user", "Three"), ("assistant", "c"), tools=[tool("get_weather", "Other")]),
    chat_line(("user", "Four"), ("assistant", "d")),
]


def names(stage: Stage, number: int = 0) -> list[str]:
    return [each["function"]["name"] for each in json.loads(stage.bodies()[number]).get("tools", [])]


def test_the_pane_shows_the_tools_and_hides_without(stage: Stage) -> None:
    pane = stage.page.pane.tools
    assert pane.isVisible()
    assert pane.names.full_text() == "get_weather, search"
    assert not pane.list.isVisible()
    stage.page.open_example(4)
    stage.settle()
    assert not pane.isVisible()
    stage.commands.invoke("example.tools")
    assert pane.isVisible()
    assert pane.add.hasFocus()


def test_the_list_works_by_keys_alone(stage: Stage) -> None:
    pane = stage.page.pane.tools
    stage.commands.invoke("example.tools")
    assert pane.list.hasFocus()
    stage.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    stage.settle()
    assert names(stage) == ["search", "get_weather"]
    assert pane.list.row == 1
    stage.press(Qt.Key.Key_Delete)
    stage.settle()
    assert names(stage) == ["search"]
    pane.deeds["duplicate"].click()
    stage.settle()
    assert names(stage) == ["search", "search_2"]
    for _ in range(3):
        stage.commands.invoke("edit.undo")
        stage.settle()
    assert stage.bodies() == LINES
    assert [item.name for item in pane.list.tools.items] == ["get_weather", "search"]


def test_a_tool_is_edited_here_only(stage: Stage) -> None:
    stage.commands.invoke("example.tools")

    def act(editor: ToolEditor) -> None:
        editor.form.name.setText("weather")
        editor.form.name.textEdited.emit("weather")
        editor.judge()
        editor.save.click()

    seen = during_dialog(ToolEditor, act)
    stage.press(Qt.Key.Key_Return)
    stage.settle()
    assert names(stage) == ["weather", "search"]
    assert names(stage, 1) == ["get_weather"]
    stage.qtbot.waitUntil(lambda: is_gone(list(seen)))


def test_a_tool_is_changed_in_all_examples_that_define_it_so(stage: Stage) -> None:
    stage.commands.invoke("example.tools")

    def act(editor: ToolEditor) -> None:
        stage.qtbot.waitUntil(editor.everywhere.isVisible)
        assert editor.everywhere.text() == "Change it in all 2 examples that define it like this"
        editor.everywhere.click()
        editor.form.description.setPlainText("New words")
        editor.judge()
        editor.save.click()

    during_dialog(ToolEditor, act)
    stage.press(Qt.Key.Key_Return)
    stage.settle()
    words = [json.loads(body)["tools"][0]["function"]["description"] for body in stage.bodies()[:3]]
    assert words == ["New words", "New words", "Other"]
    assert stage.notices == ["2 examples changed."]
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES


def test_a_new_tool_comes_into_an_example_without_any(stage: Stage) -> None:
    stage.page.open_example(4)
    stage.settle()

    def act(editor: ToolEditor) -> None:
        assert not editor.save.isEnabled()
        stage.qtbot.waitUntil(editor.form.name.hasFocus)
        stage.type("find_hotel")
        editor.judge()
        editor.save.click()

    during_dialog(ToolEditor, act)
    stage.commands.invoke("example.add_tool")
    stage.settle()
    assert names(stage, 3) == ["find_hotel"]
    assert stage.page.pane.tools.list.isVisible()


def test_parallel_calls_have_three_states(stage: Stage) -> None:
    pane = stage.page.pane.tools
    stage.commands.invoke("example.tools")
    for text, expected in (("Yes", True), ("No", False), ("Not set", None)):
        index = pane.parallel.findText(text)
        pane.parallel.setCurrentIndex(index)
        pane.parallel.activated.emit(index)
        stage.settle()
        assert json.loads(stage.bodies()[0]).get("parallel_tool_calls") is expected
        assert pane.parallel.currentText() == text


def test_tools_are_gathered_and_put_into_chosen_examples(stage: Stage) -> None:
    stage.page.panel.view.selectAll()

    def gather(dialog: ToolGatherDialog) -> None:
        stage.qtbot.waitUntil(dialog.take.isEnabled)
        assert dialog.count.text() == "2 of 2 tools"
        dialog.take.click()

    def act(dialog: ToolLibraryDialog) -> None:
        assert dialog.empty.isVisible()
        during_dialog(ToolGatherDialog, gather)
        dialog.gather()
        stage.qtbot.waitUntil(lambda: len(dialog.list.tools.items) == 2)
        stage.qtbot.waitUntil(
            lambda: dialog.use.text() == "2 examples define it like this; 1 more differently."
        )
        assert [item.figure for item in dialog.list.tools.items] == ["3 examples", "1 example"]
        assert dialog.variant.itemText(1) == "Another definition · 1 example: 3"
        dialog.list.choose(1)
        assert dialog.add_button.text() == "Add to the 4 chosen examples"
        dialog.add_button.click()
        stage.qtbot.waitUntil(lambda: dialog.use.text() == "4 examples define it like this.")
        dialog.list.choose(0)
        dialog.align()
        stage.qtbot.waitUntil(lambda: dialog.use.text() == "3 examples define it like this.")
        dialog.reject()

    seen = during_dialog(ToolLibraryDialog, act)
    stage.commands.invoke("example.tool_library")
    stage.settle()
    assert [names(stage, number) for number in range(4)] == [
        ["get_weather", "search"],
        ["get_weather", "search"],
        ["get_weather", "search"],
        ["search"],
    ]
    assert [tool_library.name_in(text) for text in tool_library.library(stage.workspace)] == [
        "get_weather",
        "search",
    ]
    for _ in range(3):
        stage.commands.invoke("edit.undo")
        stage.settle()
    assert stage.bodies() == LINES
    assert tool_library.library(stage.workspace) == []
    stage.qtbot.waitUntil(lambda: is_gone(list(seen)))


def test_a_tool_of_an_example_is_kept_in_the_library(stage: Stage) -> None:
    pane = stage.page.pane.tools
    stage.commands.invoke("example.tools")
    pane.deed_requested.emit("save", 0)
    stage.settle()
    pane.deed_requested.emit("save", 0)
    stage.settle()
    assert stage.notices == ["get_weather is in the library.", "get_weather is in the library already."]
    assert tool_library.library(stage.workspace) == [json.dumps(tool("get_weather"))]


def test_a_dataset_for_reading_only_shows_its_tools_and_takes_no_change(
    tmp_path: Path, theme: ThemeManager, qtbot: QtBot
) -> None:
    path = tmp_path / "kept.ftset"
    runner = ImmediateRunner()
    made = Workspace.create(path, paths=app_paths(), runner=runner)
    made.perform(new_example, decode(LINES[0])[1])
    made.close()
    opened = Workspace.open(path, paths=app_paths(), runner=runner, read_only=True)
    pane = ToolsPane()
    show(qtbot, pane, 600, 200)
    record = decode(LINES[0])[1]
    assert isinstance(record, Conversation)
    pane.show_tools([item_of(each) for each in record.tools], None, not opened.read_only)
    pane.set_open(True)
    assert not pane.add.isVisible()
    assert not any(button.isEnabled() for button in (*pane.deeds.values(), pane.more, pane.parallel))
    dialog = ToolLibraryDialog(opened, CommandRegistry(ALL_COMMANDS), array("q"), None)
    assert not any(
        button.isEnabled()
        for button in (dialog.new_button, dialog.gather_button, dialog.edit_button, dialog.add_button)
    )
    assert not dialog.empty.button.isVisibleTo(dialog.empty)
    dialog.reject()
    dialog.deleteLater()
    opened.close()


def test_deprecated_functions_are_read_and_turned_into_tools_in_one_step(stage: Stage) -> None:
    pane = stage.page.pane.tools
    assert not pane.old_names.isVisible()
    line = chat_line(("user", "Four"), ("assistant", "d"), functions=OLD).decode().strip()
    stage.workspace.perform(set_example_json, 4, line, stage.bodies()[3])
    stage.page.open_example(4)
    stage.settle()
    assert pane.isVisible()
    assert pane.old_names.full_text() == "In the old form “functions”: get_time"
    assert "What time it is" in pane.old.toolTip()
    before = stage.bodies()[3]
    pane.rewrite.click()
    stage.settle()
    assert json.loads(stage.bodies()[3])["tools"] == [{"type": "function", "function": OLD[0]}]
    assert names(stage, 3) == ["get_time"]
    assert not pane.old_names.isVisible()
    assert pane.names.full_text() == "get_time"
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies()[3] == before
