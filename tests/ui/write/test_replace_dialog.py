"""Find and replace, the system prompt of many examples, and changing a role, as a person does it."""

from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Location
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.write.hit_list import ROW_HEIGHT, HitModel
from finetune_studio.ui.write.prompt_dialog import PromptDialog, RetypeDialog
from finetune_studio.ui.write.replace_dialog import ReplaceDialog
from finetune_studio.workspace.operations import messages
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

LINES = (
    chat_line(("user", "How far is the Moon?"), ("assistant", "The moon is far.")),
    chat_line(("system", "Be kind."), ("user", "Is it\nmoonlight?")),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


@pytest.fixture
def dialog(workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> ReplaceDialog:
    made = ReplaceDialog(workspace, commands, lambda: "Be kind", lambda: None)
    show(qtbot, made)
    return made


def bodies(workspace: Workspace) -> list[bytes]:
    return [row[3] for row in workspace.examples().bodies()]


def search(dialog: ReplaceDialog, text: str, replacement: str, qtbot: QtBot) -> None:
    dialog.text.clear()
    dialog.replacement.clear()
    qtbot.keyClicks(dialog.text, text)
    qtbot.keyClicks(dialog.replacement, replacement)
    dialog.search()


def test_what_is_ticked_is_replaced(dialog: ReplaceDialog, workspace: Workspace, qtbot: QtBot) -> None:
    search(dialog, "moon", "Sun", qtbot)
    assert dialog.summary.text() == "3 places in 2 examples"
    box = QPoint(20, ROW_HEIGHT + ROW_HEIGHT // 2)
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert dialog.replace_button.text() == "Replace 2"
    qtbot.mouseClick(dialog.replace_button, Qt.MouseButton.LeftButton)
    assert bodies(workspace) == [
        LINES[0].replace(b"the Moon", b"the Sun"),
        LINES[1].replace(b"moonlight", b"Sunlight"),
    ]
    assert dialog.summary.text() == "1 place in 1 example"
    assert dialog.model.ticked_count == 0
    workspace.undo()
    assert bodies(workspace) == list(LINES)


def test_ticks_go_on_and_off_with_keys(dialog: ReplaceDialog, qtbot: QtBot) -> None:
    search(dialog, "moon", "Sun", qtbot)
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    dialog.list.setCurrentIndex(dialog.model.index(0))
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    assert not dialog.model.is_ticked(0)
    qtbot.mouseClick(dialog.tick_button, Qt.MouseButton.LeftButton)
    assert dialog.model.ticked_count == 0
    assert dialog.tick_button.text() == "Tick all"
    assert not dialog.replace_button.isEnabled()
    qtbot.mouseClick(dialog.tick_button, Qt.MouseButton.LeftButton)
    assert dialog.model.ticked_count == 3


def test_a_hit_is_shown_in_its_example(dialog: ReplaceDialog, qtbot: QtBot) -> None:
    search(dialog, "moonlight", "", qtbot)
    asked: list[tuple[int, Location]] = []
    dialog.example_requested.connect(lambda number, place: asked.append((number, place)))
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    assert asked == [(2, Location(2, 1, "/content", 6, 15))]
    assert dialog.model.place(0) == "Example 2 · user 2"


def test_a_bad_pattern_is_explained_beside_the_form(dialog: ReplaceDialog, qtbot: QtBot) -> None:
    dialog.is_regex.setChecked(True)
    search(dialog, "(moon", "", qtbot)
    assert dialog.problem.isVisible()
    assert "missing )" in dialog.problem.text()
    assert not dialog.replace_button.isEnabled()
    search(dialog, "(moon)", "", qtbot)
    assert not dialog.problem.isVisible()
    assert dialog.model.rowCount() == 3


def test_the_filter_and_the_role_narrow_the_search(dialog: ReplaceDialog, qtbot: QtBot) -> None:
    search(dialog, "moon", "", qtbot)
    dialog.in_filter.setChecked(True)
    dialog.search()
    assert dialog.model.rowCount() == 1
    dialog.in_filter.setChecked(False)
    dialog.role.setCurrentIndex(dialog.role.findData("assistant"))
    dialog.search()
    assert dialog.model.rowCount() == 1


def test_the_list_follows_a_change_of_the_dataset(
    dialog: ReplaceDialog, workspace: Workspace, qtbot: QtBot
) -> None:
    search(dialog, "moon", "Sun", qtbot)
    workspace.perform(messages.set_message_text, 1, 0, "How far?")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2, timeout=3000)


def test_a_read_only_dataset_is_only_searched(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    path = workspace.path
    workspace.close()
    opened = Workspace.open(path, paths=app_paths(), runner=ImmediateRunner(), read_only=True)
    made = ReplaceDialog(opened, commands, lambda: "", lambda: None)
    show(qtbot, made)
    search(made, "moon", "", qtbot)
    assert made.model.rowCount() == 3
    assert not made.replace_button.isEnabled()
    assert made.tick_button.isHidden()
    made.reject()
    opened.close()


def test_a_list_of_hits_speaks(workspace: Workspace) -> None:
    model = HitModel(lambda _number: 0)
    assert model.rowCount() == 0
    assert list(model.ticked()) == []


def test_the_prompt_dialog_says_how_many_it_changes(workspace: Workspace, qtbot: QtBot) -> None:
    dialog = PromptDialog(workspace, array("q", [1, 2]), "Be kind.")
    show(qtbot, dialog)
    assert dialog.count.text() == "Changes 1 of 2 examples"
    assert dialog.apply.text() == "Change 1 example"
    dialog.editor.setPlainText("Be brief.")
    assert not dialog.apply.isEnabled()
    dialog.count_changes()
    assert dialog.apply.text() == "Change 2 examples"
    dialog.editor.setPlainText("")
    dialog.count_changes()
    assert dialog.count.text() == "Changes 1 of 2 examples"
    qtbot.mouseClick(dialog.mode.button("append"), Qt.MouseButton.LeftButton)
    dialog.count_changes()
    assert dialog.is_append
    assert not dialog.apply.isEnabled()


def test_a_role_does_not_become_itself(qtbot: QtBot) -> None:
    dialog = RetypeDialog(3)
    show(qtbot, dialog)
    assert (dialog.role, dialog.to) == ("system", "developer")
    assert dialog.apply.text() == "Change 3 examples"
    dialog.target.setCurrentIndex(0)
    assert not dialog.apply.isEnabled()
