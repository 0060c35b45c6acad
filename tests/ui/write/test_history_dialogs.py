"""Versions, the undo list and earlier texts, as a person uses them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.id_set import IdSet
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.write.diff_column import DiffColumn
from finetune_studio.ui.write.history_dialogs import EarlierTextsDialog, HistoryDialog
from finetune_studio.ui.write.versions_dialog import VersionsDialog
from finetune_studio.workspace.operations import examples, messages, tags
from finetune_studio.workspace.queries.versions import TextChange
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

LINES = [chat_line(("user", f"Question {n}"), ("assistant", f"Answer {n}")) for n in range(1, 4)]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


def bodies(workspace: Workspace) -> list[bytes]:
    return [row[3] for row in workspace.examples().bodies()]


def texts(dialog: VersionsDialog) -> list[str]:
    return [dialog.changes.item(row).text() for row in range(dialog.changes.count())]


def test_a_version_is_named_compared_restored_and_forgotten(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    dialog = VersionsDialog(workspace, commands)
    show(qtbot, dialog)
    assert dialog.empty.isVisible()
    assert dialog.restore_button.isHidden()
    dialog.name_version("start")
    assert dialog.list.count() == 1
    assert dialog.title.text() == "start"
    assert dialog.summary.text() == "Nothing differs."
    workspace.perform(messages.set_message_text, 1, 1, "Another answer")
    workspace.perform(examples.delete_examples, IdSet.of([2]))
    dialog.name_version("later")
    dialog.list.setCurrentRow(1)
    assert dialog.summary.text() == "1 changed, 1 removed."
    assert texts(dialog) == ["Changed · Example 1 · Question 1", "Removed · Question 2"]
    assert dialog.diff.names == ("start", "Now")
    dialog.other.setCurrentIndex(1)
    assert dialog.diff.names == ("start", "later")
    assert len(texts(dialog)) == 2
    qtbot.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    assert bodies(workspace) == LINES
    dialog.delete(1)
    assert [dialog.list.item(row).text().split("\n")[0] for row in range(dialog.list.count())] == ["later"]


def test_the_undo_list_is_jumped_in(workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> None:
    for number in range(3):
        workspace.perform(tags.add_tag, IdSet.of([1]), f"tag {number}")
    dialog = HistoryDialog(workspace, commands)
    show(qtbot, dialog)
    assert dialog.list.count() == 5
    assert dialog.list.item(0).text() == "Tag example with tag 2\njust now · you are here"
    assert not dialog.go_button.isEnabled()
    dialog.list.setCurrentRow(2)
    qtbot.mouseClick(dialog.go_button, Qt.MouseButton.LeftButton)
    assert workspace.store.row(1).tags == ("tag 0",)
    assert "undone" in dialog.list.item(0).text()
    dialog.list.setCurrentRow(0)
    dialog.go()
    assert workspace.store.row(1).tags == ("tag 0", "tag 1", "tag 2")
    dialog.list.setCurrentRow(4)
    dialog.go()
    assert bodies(workspace) == []
    assert not workspace.history.can_undo
    dialog.reject()


def test_an_earlier_text_is_compared_and_restored(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    workspace.perform(messages.set_message_text, 1, 1, "Another answer")
    dialog = EarlierTextsDialog(workspace, commands, 1)
    show(qtbot, dialog)
    assert [dialog.list.item(row).text() for row in range(2)] == ["Just now · now", "As it came"]
    assert dialog.list.currentRow() == 1
    qtbot.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    assert bodies(workspace)[0] == LINES[0]
    workspace.undo()
    assert b"Another answer" in bodies(workspace)[0]


def test_an_example_without_earlier_texts_says_so(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot
) -> None:
    dialog = EarlierTextsDialog(workspace, commands, 2)
    show(qtbot, dialog)
    assert not dialog.restore_button.isEnabled()
    assert dialog.list.count() == 1


def test_differences_are_replaced_not_added(qtbot: QtBot) -> None:
    column = DiffColumn()
    show(qtbot, column, 400, 300)
    column.show_changes([TextChange("User 1", "a b", "a c"), TextChange("User 2", "", "new")])
    assert column.body.count() == 2
    column.show_changes([])
    assert column.body.count() == 1
