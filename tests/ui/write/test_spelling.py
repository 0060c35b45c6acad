"""Spelling on page Write: marks, suggestions, the dataset's own words, as a person uses them."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.ui.write.spelling_commands import TextMenu
from finetune_studio.ui.write.spelling_dialog import SpellingDialog
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations import spelling as operations
from finetune_studio.workspace.queries import spelling
from tests.helpers.builders import chat_line
from tests.helpers.qt import show
from tests.ui.write.conversation_parts import CONTROL, editor_at
from tests.ui.write.page_parts import Stage

LINES = [
    chat_line(("user", "How far is teh Moon?"), ("tool", "teh"), ("assistant", "I recieve no marvish one.")),
    chat_line(("user", "All is well here."), ("assistant", "And the Moon is there.")),
]


def marked(stage: Stage, index: int) -> list[str]:
    editor = editor_at(stage.page.pane.conversation, index)
    return [editor.true_text[span.start : span.end] for span in editor.spans("spelling")]


def wait_for(stage: Stage, index: int, words: list[str]) -> None:
    stage.qtbot.waitUntil(lambda: marked(stage, index) == words, timeout=10_000)


def menu_of(stage: Stage) -> TextMenu:
    def is_open() -> bool:
        return isinstance(QApplication.activePopupWidget(), TextMenu)

    stage.qtbot.waitUntil(is_open, timeout=10_000)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, TextMenu)
    return menu


def choose(menu: TextMenu, text: str) -> None:
    action = next(each for each in menu.actions() if each.text() == text)
    menu.close()
    action.trigger()


def test_misspelt_words_are_marked_but_not_those_of_tools(stage: Stage) -> None:
    wait_for(stage, 0, ["teh"])
    wait_for(stage, 2, ["recieve", "marvish"])
    assert marked(stage, 1) == []
    stage.commands.invoke("view.spelling")
    assert marked(stage, 0) == []
    assert not stage.commands.action("view.spelling").isChecked()
    stage.commands.invoke("view.spelling")
    assert marked(stage, 0) == ["teh"]


def test_a_word_is_marked_when_the_caret_has_left_it(stage: Stage) -> None:
    wait_for(stage, 0, ["teh"])
    editor_at(stage.page.pane.conversation, 0).setFocus()
    stage.press(Qt.Key.Key_End, CONTROL)
    stage.type(" wierd")
    stage.qtbot.wait(600)
    assert marked(stage, 0) == ["teh"]
    stage.type(" x")
    wait_for(stage, 0, ["teh", "wierd"])


def test_f7_goes_through_the_words_and_a_suggestion_is_one_step(stage: Stage) -> None:
    wait_for(stage, 2, ["recieve", "marvish"])
    stage.press(Qt.Key.Key_F7)
    menu = menu_of(stage)
    assert menu.actions()[0].text() == "the"
    editor = editor_at(stage.page.pane.conversation, 0)
    assert editor.textCursor().selectedText() == "teh"
    choose(menu, "the")
    stage.settle()
    assert editor.true_text == "How far is the Moon?"
    stage.press(Qt.Key.Key_F7)
    menu = menu_of(stage)
    menu.close()
    assert editor_at(stage.page.pane.conversation, 2).textCursor().selectedText() == "recieve"
    stage.page.flush()
    stage.settle()
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert editor_at(stage.page.pane.conversation, 0).true_text == "How far is teh Moon?"


def test_a_word_is_added_to_the_dataset_and_undone(stage: Stage) -> None:
    wait_for(stage, 2, ["recieve", "marvish"])
    editor = editor_at(stage.page.pane.conversation, 2)
    cursor = editor.textCursor()
    cursor.setPosition(editor.true_text.index("marvish") + 2)
    place = editor.cursorRect(cursor).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, editor.viewport().mapToGlobal(place))
    QApplication.sendEvent(editor.viewport(), event)
    choose(menu_of(stage), "Add “marvish” to the dictionary")
    wait_for(stage, 2, ["recieve"])
    assert spelling.own_words(stage.workspace) == ["marvish"]
    assert stage.workspace.history.undo_label is not None
    assert label_text(stage.workspace.history.undo_label) == "Add “marvish” to the dictionary"
    stage.commands.invoke("edit.undo")
    wait_for(stage, 2, ["recieve", "marvish"])


def test_an_ordinary_menu_elsewhere(stage: Stage) -> None:
    wait_for(stage, 0, ["teh"])
    stage.page.tools.spelling.open_menu(0, "/content", 1, QPoint(10, 10))
    menu = menu_of(stage)
    assert [action.text().partition("\t")[0] for action in menu.actions()] == [
        "Cut",
        "Copy",
        "Paste",
        "Select all",
    ]
    choose(menu, "Select all\tCtrl+A")
    assert editor_at(stage.page.pane.conversation, 0).textCursor().hasSelection()


def test_where_all_is_well_f7_says_so(stage: Stage) -> None:
    stage.press(Qt.Key.Key_J)
    stage.settle()
    stage.press(Qt.Key.Key_F7)
    stage.settle()
    assert stage.notices == ["No misspelt word in this example."]


def test_language_and_words_of_the_dataset(stage: Stage) -> None:
    wait_for(stage, 0, ["teh"])
    stage.workspace.perform(operations.set_spelling, "de", ["Moon", " far "])
    stage.settle()
    assert spelling.chosen_language(stage.workspace) == "de"
    text = editor_at(stage.page.pane.conversation, 0).true_text

    def is_german() -> bool:
        known = stage.page.tools.spelling.marks.spelling_of(text)
        return known is not None and known.language == "de"

    stage.qtbot.waitUntil(is_german, timeout=10_000)
    assert not {"far", "Moon"} & set(marked(stage, 0))
    stage.workspace.perform(operations.set_spelling, "", [])
    wait_for(stage, 0, ["teh"])
    assert stage.workspace.options().get(spelling.WORDS) is None


def test_what_was_stepped_over_is_not_judged(stage: Stage) -> None:
    wait_for(stage, 0, ["teh"])
    asked: list[str] = []
    judge = stage.workspace.lint.judge_spelling

    def noted(texts: Sequence[str], *others: object) -> object:
        asked.extend(texts)
        return judge(texts, *others)  # type: ignore[arg-type]

    stage.workspace.lint.judge_spelling = noted  # type: ignore[assignment, method-assign]
    marks = stage.page.tools.spelling.marks
    marks.forget()
    marks._wanted["A text of an exampel that is gone."] = None
    stage.qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    assert editor_at(stage.page.pane.conversation, 0).true_text in asked
    assert "A text of an exampel that is gone." not in asked


def test_the_dialog(qtbot: QtBot) -> None:
    dialog = SpellingDialog("de", ["marvish"])
    show(qtbot, dialog)
    assert (dialog.language, dialog.words) == ("de", ["marvish"])
    dialog.editor.appendPlainText("  grok \n\n")
    dialog.choice.setCurrentIndex(0)
    assert (dialog.language, dialog.words) == ("", ["marvish", "grok"])
