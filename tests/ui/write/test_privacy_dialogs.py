"""A copy for sharing, and purging a text, as a person does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.job import FineTuneJob, JobState
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.write.privacy_dialogs import PurgeDialog, ShareDialog
from finetune_studio.workspace.operations import messages, purging
from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.submission import freeze
from finetune_studio.workspace.submission_records import SentExample, SubmissionPlan
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show

KEY = "sk-marked-0123456789abcdef"
LINES = [chat_line(("user", f"My key is {KEY}"), ("assistant", "Keep it safe."))]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    opened = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    opened.lint.start()
    yield opened
    opened.close()


def files_with(text: str, *folders: Path) -> list[str]:
    """The files below some folders that hold a text, the imported file left out."""
    return [
        path.name
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.name != "data.jsonl" and text.encode() in path.read_bytes()
    ]


def test_a_purged_key_is_in_no_file_of_ours(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot, tmp_path: Path
) -> None:
    workspace.perform(messages.set_message_text, 1, 0, "My key is gone")
    workspace.backups.make_before("test", 1_000)
    dialog = PurgeDialog(workspace, commands)
    show(qtbot, dialog)
    assert not dialog.purge_button.isEnabled()
    qtbot.keyClicks(dialog.text, KEY)
    dialog.count_now()
    assert dialog.count.text() == "In 0 examples and 1 earlier text."
    qtbot.mouseClick(dialog.purge_button, Qt.MouseButton.LeftButton)
    assert dialog.banner.isVisible()
    assert dialog.close_button.text() == "Close"
    assert files_with(KEY, tmp_path) == []
    workspace.undo()
    assert b"[removed]" in workspace.store.row(1).body
    assert list(list_ids(workspace, "removed")) == [1]
    assert list(list_ids(workspace, "marked")) == []


def test_a_short_text_is_not_purged(workspace: Workspace, commands: CommandRegistry, qtbot: QtBot) -> None:
    dialog = PurgeDialog(workspace, commands)
    show(qtbot, dialog)
    qtbot.keyClicks(dialog.text, "key")
    dialog.count_now()
    assert dialog.count.text() == "Give at least 4 characters."
    assert not dialog.purge_button.isEnabled()
    with pytest.raises(UsageError, match="at least 4"):
        workspace.perform(purging.purge_text, "key")


def test_the_share_dialog_says_what_is_left_out(qtbot: QtBot) -> None:
    dialog = ShareDialog()
    show(qtbot, dialog)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.choose, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("drops", [False, True])
def test_a_purge_says_what_frozen_files_of_jobs_hold_and_deletes_them_where_asked(
    workspace: Workspace, commands: CommandRegistry, qtbot: QtBot, drops: bool
) -> None:
    journal = workspace.sending.journal
    plan = SubmissionPlan("custom", "Ours", "https://o.example/v1", "tiny", dataset_uid=workspace.uid)
    row = freeze(journal, plan, [SentExample(LINES[0], 1, bytes(32))])
    journal.set_job(row.ref, FineTuneJob("ftjob-1", "tiny", "succeeded", JobState.SUCCEEDED))
    dialog = PurgeDialog(workspace, commands)
    show(qtbot, dialog)
    dialog.text.setText(KEY)
    dialog.frozen.setChecked(drops)
    qtbot.mouseClick(dialog.purge_button, Qt.MouseButton.LeftButton)
    dialog.purge()
    told = dialog.banner.label.text()
    path = journal.frozen_path(row.training)
    if drops:
        assert "1 frozen file deleted." in told
        assert not path.exists()
    else:
        assert f"1 frozen file of jobs still holds it, in {path.parent}." in told
        assert path.exists()
