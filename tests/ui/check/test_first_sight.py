"""Where the focus is when the page comes, and what a preview of fixes shows."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.check.check_page import CheckPage
from finetune_studio.ui.check.fix_preview import FixPreview, FixPreviewDialog
from finetune_studio.ui.commands import CommandRegistry
from finetune_studio.ui.theme.manager import ThemeManager
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line
from tests.helpers.qt import show
from tests.ui.check.conftest import MakePage


@pytest.mark.parametrize("moves", [False, True])
def test_the_focus_goes_to_the_rules_once_they_are_there(
    workspace: Workspace, commands: CommandRegistry, theme: ThemeManager, qtbot: QtBot, moves: bool
) -> None:
    page = CheckPage(workspace, commands, theme)
    show(qtbot, page, 1440, 820)
    chip = page.rail.chips[Severity.WARNING]
    chip.setFocus()
    page.rail.take_focus()
    assert chip.hasFocus(), "there are no rules yet"
    if moves:
        page.rail.filter_button.setFocus()
    page.refresh()
    assert (page.rail.filter_button if moves else page.rail.rules).hasFocus()
    page.close_page()


def test_a_preview_shows_what_changes_and_says_what_it_leaves_out(
    make_page: MakePage, tmp_path: Path
) -> None:
    long = "Once upon a time there was a word. " * 60
    source = tmp_path / "long.jsonl"
    answers = (("user", f"{long}Here  it is. {long}"), ("assistant", "Two  gaps."))
    source.write_bytes(b"".join(chat_line(*answers, ("user", f"And {n}?"), *answers[1:]) for n in range(20)))
    workspace = Workspace.open_any(source, paths=app_paths(), runner=ImmediateRunner())
    workspace.lint.start()
    page = make_page(workspace)
    page.deeds.fix_rule("Q105", "Stray white space")
    dialog = page.deeds.dialog
    assert isinstance(dialog, FixPreviewDialog)
    text = dialog.preview.texts[0]
    assert text.before[0] == text.before[-1] == text.after[0] == text.after[-1] == "…"
    assert "Here ␣it is." in text.before
    assert "Here it is." in text.after
    assert [text.before[start:end] for start, end in text.gone] == ["␣"]
    assert len(dialog.preview.texts) == 50
    assert any(label.text().startswith("The first 50 changes.") for label in dialog.findChildren(QLabel))
    dialog.reject()
    few = FixPreview("Q105", 1, dialog.preview.texts[:1])
    shown = FixPreviewDialog(few, "Stray white space", page)
    assert not any(label.text().startswith("The first") for label in shown.findChildren(QLabel))
    workspace.close()
