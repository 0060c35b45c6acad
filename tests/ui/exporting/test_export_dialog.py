from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.exporting.export_dialog import ExportDialog
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

LINES = (
    chat_line(("user", "How far?"), ("assistant", "Far."), note="kept"),
    chat_line(("user", "Only a question")),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


@pytest.fixture
def dialog(workspace: Workspace, commands: CommandRegistry, tmp_path: Path, qtbot: QtBot) -> ExportDialog:
    made = ExportDialog(workspace, commands, str(tmp_path))
    show(qtbot, made)
    made.form.path.setText(str(tmp_path / "out.jsonl"))
    return made


def test_as_it_is_gives_the_same_bytes(dialog: ExportDialog, tmp_path: Path, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert (tmp_path / "out.jsonl").read_bytes() == b"".join(LINES)
    assert dialog.result_title.text() == "Exported 2 examples"
    assert dialog.close_button.text() == "Close"


def test_for_a_service_says_what_was_left_out(dialog: ExportDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.form.mode.button("target"), Qt.MouseButton.LeftButton)
    assert dialog.form.service.isVisible()
    assert dialog.form.target() is not None
    qtbot.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert dialog.report is not None
    assert dialog.report.written >= 1


def test_it_says_why_it_cannot_export_yet(dialog: ExportDialog, tmp_path: Path) -> None:
    assert dialog.export_button.isEnabled()
    for box in dialog.form.statuses.values():
        box.setChecked(False)
    assert dialog.form.problem() == "Choose at least one state and one split."
    assert not dialog.export_button.isEnabled()
    for box in dialog.form.statuses.values():
        box.setChecked(True)
    dialog.form.path.setText(str(tmp_path / "nowhere" / "x.jsonl"))
    assert dialog.form.problem() == "The folder does not exist."
    dialog.form.path.setText(str(tmp_path))
    assert dialog.form.problem() == "This is a folder; add a file name."


def test_no_box_unticked_is_no_filter(dialog: ExportDialog) -> None:
    assert dialog.form.filter().is_all
    next(iter(dialog.form.statuses.values())).setChecked(False)
    assert not dialog.form.filter().is_all
