"""The commands on the dataset as a whole, on page Write with threads as in the app."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit
from pytestqt.qtbot import QtBot

from finetune_studio.storage.database import open_database
from finetune_studio.ui.write.history_dialogs import EarlierTextsDialog, HistoryDialog
from finetune_studio.ui.write.privacy_dialogs import PurgeDialog
from finetune_studio.ui.write.prompt_dialog import PromptDialog, RetypeDialog
from finetune_studio.ui.write.replace_dialog import ReplaceDialog
from finetune_studio.ui.write.versions_dialog import VersionsDialog
from finetune_studio.workspace.operations import messages
from tests.helpers.builders import chat_line
from tests.helpers.dialogs import during_dialog
from tests.helpers.qt import is_gone
from tests.ui.write.page_parts import Stage

pytestmark = pytest.mark.usefixtures("no_stray_windows")
LINES = [
    chat_line(("user", f"Question {n}"), ("assistant", "a"), ("user", "and?"), ("assistant", f"Answer {n}"))
    for n in range(1, 4)
]


def test_find_and_replace_stays_open_and_shows_hits(stage: Stage, qtbot: QtBot) -> None:
    stage.commands.invoke("edit.replace")
    dialog = next(each for each in stage.window.findChildren(ReplaceDialog))
    stage.commands.invoke("edit.replace")
    assert len(stage.window.findChildren(ReplaceDialog)) == 1
    dialog.text.setText("Answer 3")
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=3000)
    dialog.list.shown.emit(0)
    stage.settle()
    assert stage.page.list.current_id == 3
    dialog.replacement.setText("It is so")
    dialog.search()
    qtbot.waitUntil(
        lambda: bool(dialog.model.hits) and dialog.model.hits[0].replacement == "It is so", timeout=3000
    )
    dialog.replace()
    stage.settle()
    assert b"It is so" in stage.bodies()[2]
    assert stage.notices[-1].startswith("1 place replaced in 1 example.")
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES
    dialog.reject()
    assert is_gone([dialog])


def test_what_is_selected_in_a_message_is_looked_for(stage: Stage, qtbot: QtBot) -> None:
    stage.commands.invoke("review.edit")
    stage.settle()
    editor = QApplication.focusWidget()
    assert isinstance(editor, QPlainTextEdit)
    editor.selectAll()
    stage.commands.invoke("edit.replace")
    (dialog,) = stage.window.findChildren(ReplaceDialog)
    assert dialog.text.text() == "Question 1"
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 1, timeout=3000)
    dialog.reject()


def test_the_inspector_leads_to_earlier_texts(stage: Stage, qtbot: QtBot) -> None:
    section = stage.page.inspector.history
    assert section.earlier.isHidden()
    stage.workspace.perform(messages.set_message_text, 1, 0, "Another question")
    qtbot.waitUntil(lambda: not section.earlier.isHidden(), timeout=3000)
    seen = during_dialog(EarlierTextsDialog, QDialog.reject)
    section.earlier.click()
    assert len(seen) == 1


def test_all_examples_that_match_are_changed_in_one_step(stage: Stage) -> None:
    stage.page.panel.view.selectAll()
    stage.commands.invoke("example.train_last")
    stage.settle()
    assert all(body.count(b'"weight": 0') == 1 for body in stage.bodies())
    assert stage.notices[-1] == "3 examples changed."
    stage.commands.invoke("edit.undo")
    stage.settle()
    stage.page.panel.view.selectAll()
    stage.commands.invoke("example.train_all")
    stage.settle()
    assert stage.notices[-1] == "There was nothing to change."
    assert stage.bodies() == LINES


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("example.system_prompt", PromptDialog),
        ("example.retype", RetypeDialog),
        ("example.earlier", EarlierTextsDialog),
        ("edit.history", HistoryDialog),
        ("file.versions", VersionsDialog),
        ("file.purge", PurgeDialog),
    ],
)
def test_a_dialog_that_is_left_changes_nothing_and_goes(
    stage: Stage, command: str, kind: type[QDialog]
) -> None:
    seen = during_dialog(kind, QDialog.reject)
    stage.commands.invoke(command)
    assert len(seen) == 1
    stage.settle()
    assert stage.bodies() == LINES
    assert is_gone([*seen])


def test_roles_of_the_chosen_are_changed(stage: Stage) -> None:
    during_dialog(RetypeDialog, QDialog.accept)
    stage.commands.invoke("example.retype")
    stage.settle()
    assert stage.notices[-1] == "There was nothing to change."


def test_a_copy_for_sharing_is_written(stage: Stage, tmp_path: Path) -> None:
    stage.page.whole.share(tmp_path / "shared.ftset")
    stage.settle()
    copy = open_database(tmp_path / "shared.ftset")
    assert copy.writer.execute("SELECT count(*) FROM example").fetchone() == (3,)
    assert copy.writer.execute("SELECT count(*) FROM step").fetchone() == (0,)
    copy.close()
    assert stage.notices[-1] == "The copy shared.ftset is written, without history."
