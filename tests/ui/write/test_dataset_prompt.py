"""The dataset's system prompt on page Write: the card says who follows, the dialog who changes."""

from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from finetune_studio.ui.write.dataset_prompt_dialog import DatasetPromptDialog
from finetune_studio.ui.write.mini_buttons import PillButton
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.queries.prompts import dataset_prompt, prompt_standing
from tests.helpers.builders import chat_line
from tests.helpers.qt import is_gone
from tests.ui.write.page_parts import Stage

LINES = [
    chat_line(("system", "Be kind."), ("user", "Question 1"), ("assistant", "Answer 1")),
    chat_line(("system", "Be rude."), ("user", "Question 2"), ("assistant", "Answer 2")),
    chat_line(("user", "Question 3"), ("assistant", "Answer 3")),
]


@pytest.fixture
def with_prompt(stage: Stage) -> Stage:
    stage.workspace.perform(prompts.set_dataset_prompt, "Be kind.")
    stage.settle()
    return stage


def pill(stage: Stage) -> PillButton:
    card = stage.page.pane.conversation.card_at(0)
    assert card is not None
    return card.header.prompt


def choose(stage: Stage, text: str) -> None:
    """Open the menu of the pill and choose an entry."""
    pill(stage).click()
    menu = next(each for each in stage.page.pane.conversation.findChildren(QMenu) if each.isVisible())
    action = next(each for each in menu.actions() if each.text() == text)
    menu.close()
    action.trigger()


def answer_dialog(**ticks: bool) -> list[DatasetPromptDialog]:
    """Accept the dialog as soon as it has counted, ticking boxes before."""
    seen: list[DatasetPromptDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, DatasetPromptDialog) or not dialog.apply.isEnabled():
            QTimer.singleShot(10, look)
            return
        if not seen:
            seen.append(dialog)
            for name, ticked in ticks.items():
                getattr(dialog, f"{name}_box").setChecked(ticked)
        dialog.apply.click()

    QTimer.singleShot(0, look)
    return seen


def test_without_a_dataset_prompt_no_card_speaks_of_it(stage: Stage) -> None:
    assert pill(stage).isHidden()


def test_the_usual_prompt_is_proposed_and_kept(stage: Stage) -> None:
    seen = answer_dialog(without=True)
    stage.commands.invoke("example.dataset_prompt")
    stage.settle()
    assert dataset_prompt(stage.workspace) == "Be kind."
    assert prompt_standing(stage.workspace).follow == 2
    assert stage.notices[-1] == "The system prompt of the dataset is changed, and with it 1 example."
    assert pill(stage).text() == "dataset prompt"
    assert is_gone([*seen])
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert pill(stage).isHidden()
    assert stage.bodies() == LINES


def test_a_card_that_is_written_in_overrides_at_once_and_follows_again(with_prompt: Stage) -> None:
    stage = with_prompt
    assert pill(stage).text() == "dataset prompt"
    choose(stage, "Override here")
    stage.type("Be brief.")
    assert pill(stage).text() == "own prompt"
    stage.settle()
    stage.page.flush()
    stage.settle()
    assert b'"Be brief."' in stage.bodies()[0]
    choose(stage, "Follow the dataset prompt")
    stage.settle()
    assert pill(stage).text() == "dataset prompt"
    assert stage.bodies() == LINES


def test_an_own_prompt_becomes_that_of_the_dataset(with_prompt: Stage) -> None:
    stage = with_prompt
    stage.page.open_example(2)
    stage.settle()
    assert pill(stage).text() == "own prompt"
    assert "not followed" in pill(stage).accessibleName()
    answer_dialog()
    choose(stage, "Make this the dataset prompt…")
    stage.settle()
    assert dataset_prompt(stage.workspace) == "Be rude."
    assert pill(stage).text() == "dataset prompt"
    assert prompt_standing(stage.workspace).follow == 2


def test_a_system_message_that_is_added_follows(with_prompt: Stage) -> None:
    stage = with_prompt
    stage.page.open_example(3)
    stage.settle()
    stage.commands.invoke("message.add_system")
    stage.settle()
    assert pill(stage).text() == "dataset prompt"
    assert prompt_standing(stage.workspace).follow == 2


def test_a_selection_follows_by_command(with_prompt: Stage) -> None:
    stage = with_prompt
    stage.page.panel.view.selectAll()
    stage.commands.invoke("example.follow_prompt")
    stage.settle()
    assert stage.notices[-1] == "2 examples changed to follow the dataset prompt."
    assert prompt_standing(stage.workspace).follow == 3
    stage.commands.invoke("example.follow_prompt")
    stage.settle()
    assert stage.notices[-1] == "What is chosen follows the dataset prompt already."


def test_following_nothing_is_told(stage: Stage) -> None:
    stage.commands.invoke("example.follow_prompt")
    error: Any = stage.errors.pop()
    assert error.text == "This dataset has no system prompt of its own."


def test_new_examples_start_with_the_prompt(with_prompt: Stage) -> None:
    stage = with_prompt
    stage.commands.invoke("example.new")
    stage.settle()
    view = stage.page.pane.conversation
    assert [message.text for message in view.messages()] == ["Be kind.", "", ""]
    assert view.focused_index() == 1


def test_the_dialog_counts_and_can_take_the_prompt_out(with_prompt: Stage, qtbot: QtBot) -> None:
    stage = with_prompt
    dialog = DatasetPromptDialog(stage.workspace, "", stage.window)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.count.text() == "Changes no example")
    assert not dialog.apply.isEnabled()
    assert dialog.following_box.text() == "Change the example that follows it"
    assert dialog.without_box.text() == "Give it to the example that has none"
    assert dialog.other_box.text() == "Put it in the place of 1 other system prompt"
    dialog.without_box.setChecked(True)
    assert dialog.count.text() == "Changes 1 example"
    dialog.editor.set_text("")
    qtbot.waitUntil(lambda: dialog.apply.isEnabled())
    assert dialog.apply.text() == "Remove"
    assert dialog.following_box.text() == "Take it out of the example that follows it"
    assert dialog.without_box.isHidden()
    dialog.reject()
    dialog.deleteLater()
