"""Jobs that were open are followed again after a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.shell.open_jobs import OpenJobs
from finetune_studio.ui.shell.page_stack import PageStack
from finetune_studio.ui.shell.pages import PageSpec
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.submission_journal import NewRow
from finetune_studio.workspace.submission_records import FrozenFile, SubmissionPlan, SubmissionState
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(chat_line(("user", "a"), ("assistant", "b")))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    yield opened
    opened.close()


@pytest.mark.parametrize("state", [SubmissionState.UNKNOWN, SubmissionState.CANCELLED])
def test_the_page_is_made_behind_where_a_job_is_open(
    qtbot: QtBot, workspace: Workspace, commands: CommandRegistry, theme: ThemeManager, state: SubmissionState
) -> None:
    journal = workspace.sending.journal
    plan = SubmissionPlan("custom", "Another service", "https://example.invalid/v1/", "m")
    journal.add(NewRow("fts-1", "f", plan, FrozenFile("ab" * 32, 1, 1), None))
    journal.update("fts-1", state=state)
    specs = [
        PageSpec(key, key, "list", lambda _workspace, _commands, _theme, parent: QWidget(parent))
        for key in ("write", "tune")
    ]
    pages = PageStack(specs, commands, theme)
    qtbot.addWidget(pages)
    pages.set_workspace(workspace)
    pages.show_page("write")
    jobs = OpenJobs(pages, pages, after=0)
    jobs.set_workspace(workspace)
    qtbot.waitUntil(lambda: not jobs._timer.isActive())
    is_open = state is SubmissionState.UNKNOWN
    assert (pages.page("tune") is not None) == is_open
    assert pages.current_key == "write"
    jobs.set_workspace(None)
    pages.set_workspace(None)
