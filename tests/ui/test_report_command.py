"""Writing a report from the window."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.shell.page_stack import PageStack
from finetune_studio.ui.shell.report_command import ReportCommand
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


class _Pages:
    """Counts how often it was asked to write what is typed."""

    def __init__(self) -> None:
        self.flushed = 0

    def flush(self) -> None:
        self.flushed += 1


def test_a_report_is_written_where_the_person_says(
    commands: CommandRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    source = tmp_path / "data.jsonl"
    source.write_bytes(chat_line(("user", "Where is Lima?"), ("assistant", "In Peru.")))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    window, pages = QWidget(), _Pages()
    qtbot.addWidget(window)
    stack: PageStack = pages  # type: ignore[assignment]
    command = ReportCommand(commands, stack, window)
    command.set_workspace(workspace)
    commands.set_flag("dataset", True)
    failures: list[object] = []
    said: list[str] = []
    commands.failed.connect(failures.append)
    commands.noticed.connect(lambda text, *_: said.append(text))
    commands.invoke("check.report")
    assert "has not been checked" in str(failures[0])
    workspace.lint.start()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "told"), "Markdown (*.md)")
    )
    commands.invoke("check.report")
    assert (tmp_path / "told.md").read_text("utf-8").startswith("# data\n")
    assert said == ["told.md written"]
    assert pages.flushed == 1
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    commands.invoke("check.report")
    assert len(said) == 1
    workspace.close()
