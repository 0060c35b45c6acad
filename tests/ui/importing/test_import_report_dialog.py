"""Lines that could not be read: listed, repaired in place, taken back by undo."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.importing.import_report_dialog import ImportReportDialog
from finetune_studio.workspace.exporting import export_as_is
from finetune_studio.workspace.operations.imports import ImportReport, import_file
from finetune_studio.workspace.queries.examples import list_ids, unreadable_lines
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

GOOD = chat_line(("user", "How far?"), ("assistant", "Far."))
NO_BRACE = b'{"messages": [{"role": "user", "content": "a\xc2\xa0b\xe2\x80\xa8c"}]\n'
A_LIST = b"[1, 2]\n"
NOT_UTF8 = b'{"messages": "\xff"}\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.create(tmp_path / "set.ftset", paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


@pytest.fixture
def dialog(
    workspace: Workspace, commands: CommandRegistry, tmp_path: Path, qtbot: QtBot
) -> ImportReportDialog:
    source = tmp_path / "data.jsonl"
    source.write_bytes(GOOD + NO_BRACE + A_LIST + NOT_UTF8 + GOOD)
    reports: list[ImportReport] = []
    workspace.perform(import_file, source, done=reports.append)
    made = ImportReportDialog(workspace, commands, report=reports[0])
    show(qtbot, made)
    return made


def _lines(dialog: ImportReportDialog) -> list[str]:
    model = dialog.table.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_bad_lines_are_listed_with_their_place(dialog: ImportReportDialog) -> None:
    assert dialog.title.text() == "Imported 2 examples"
    assert "3 lines could not be read" in dialog.sentence.text()
    assert _lines(dialog) == ["2", "3", "4"]
    assert dialog.repair.title.text() == "Line 2 of data.jsonl"
    assert dialog.repair.problem.text().startswith("Column ")
    assert not dialog.repair.repair.isEnabled()


def test_a_line_is_repaired_in_place_and_keeps_every_other_character(
    dialog: ImportReportDialog, workspace: Workspace, qtbot: QtBot, tmp_path: Path
) -> None:
    editor = dialog.repair.editor
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "}")
    qtbot.waitUntil(dialog.repair.repair.isEnabled)
    assert dialog.repair.problem.text() == "This line can be read now."
    qtbot.mouseClick(dialog.repair.repair, Qt.MouseButton.LeftButton)
    assert _lines(dialog) == ["3", "4"]
    assert dialog.repair.title.text() == "Line 3 of data.jsonl"
    assert len(list_ids(workspace)) == 3
    export_as_is(workspace, tmp_path / "out.jsonl")
    repaired = NO_BRACE.rstrip(b"\n") + b"}\n"
    assert (tmp_path / "out.jsonl").read_bytes() == GOOD + repaired + A_LIST + NOT_UTF8 + GOOD
    workspace.undo()
    assert _lines(dialog) == ["2", "3", "4"]


def test_a_line_can_be_removed_until_none_is_left(
    dialog: ImportReportDialog, workspace: Workspace, qtbot: QtBot
) -> None:
    for _ in range(3):
        qtbot.mouseClick(dialog.repair.remove, Qt.MouseButton.LeftButton)
    assert dialog.nothing.isVisible()
    assert not dialog.repair.isVisible()
    assert unreadable_lines(workspace) == []


def test_text_that_is_still_wrong_says_why(dialog: ImportReportDialog, qtbot: QtBot) -> None:
    dialog.table.selectRow(1)
    assert "JSON object" in dialog.repair.problem.text()
    editor = dialog.repair.editor
    editor.selectAll()
    qtbot.keyClicks(editor, '{"messages": [1,]}')
    qtbot.waitUntil(lambda: "Column 17" in dialog.repair.problem.text())
    qtbot.mouseClick(dialog.repair.place, Qt.MouseButton.LeftButton)
    assert editor.textCursor().selectionStart() == 16


def test_closing_hears_no_more(dialog: ImportReportDialog, workspace: Workspace) -> None:
    dialog.accept()
    workspace.undo()
    assert _lines(dialog) == ["2", "3", "4"]
