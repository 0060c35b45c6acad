"""Templates on page Write: one by hand, many from a table, and one made of an example."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_studio.ui.write.save_template_dialog import SaveTemplateDialog
from finetune_studio.ui.write.template_dialog import FROM_TABLE, TemplateDialog
from finetune_studio.workspace.operations import prompts
from finetune_studio.workspace.templates import own_templates
from tests.helpers.builders import chat_line
from tests.helpers.dialogs import during_dialog
from tests.helpers.qt import is_gone
from tests.ui.write.page_parts import Stage

LINES = [
    chat_line(
        ("system", "Be brief."), ("user", "How warm is it in Oslo?"), ("assistant", "Oslo: 7 degrees.")
    ),
    chat_line(("user", "Question 2"), ("assistant", "Answer 2")),
]


def test_a_template_is_filled_by_keyboard_and_remembers(stage: Stage) -> None:
    def fill(dialog: TemplateDialog) -> None:
        dialog.choose("Explain a term")
        dialog.focus_fields()
        for text in ("law", "lawyer", "tort", "A wrong"):
            focus = QApplication.focusWidget()
            assert focus is not None
            QTest.keyClicks(focus, text)
            QTest.keyClick(focus, Qt.Key.Key_Tab)
        assert "assistant: a wrong" in dialog.preview.text().casefold()
        assert "What does “tort” mean?" in dialog.preview.text()
        dialog.create_button.click()

    seen = during_dialog(TemplateDialog, fill)
    stage.commands.invoke("example.from_template")
    stage.settle()
    assert "What does “tort” mean?".encode() in stage.bodies()[1]
    assert stage.page.list.current_id == stage.page.model.ids[1]
    assert is_gone([*seen])

    def look(dialog: TemplateDialog) -> None:
        assert dialog.template.name == "Explain a term"
        assert dialog.field("term").toPlainText() == "tort"
        dialog.reject()

    assert during_dialog(TemplateDialog, look) == []
    stage.commands.invoke("example.from_template")
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES


def test_a_table_makes_many_in_one_step(stage: Stage) -> None:
    def fill(dialog: TemplateDialog) -> None:
        dialog.choose("Look up with a tool")
        dialog.mode.button(FROM_TABLE).click()
        assert "The fields are “question”, “city”" in dialog.problem.text()
        dialog.table.set_text("a,b,c\n1,2,3")
        assert "names none of the fields" in dialog.problem.text()
        assert not dialog.create_button.isEnabled()
        dialog.table.set_text("city\ttemperature\tmood\nOslo\t7\tgrim\nRome\t20\tmerry")
        assert dialog.problem.text().startswith("2 rows. No field for “mood”. No column for “question”")
        assert dialog.create_button.text() == "Create 2 examples"
        assert 'get_weather({"city": "Oslo", "unit": "celsius"})' in dialog.preview.text()
        dialog.create_button.click()

    during_dialog(TemplateDialog, fill)
    stage.commands.invoke("example.from_template")
    stage.settle()
    assert len(stage.bodies()) == 4
    assert b'{\\"temperature\\": 20, ' in stage.bodies()[2]
    assert stage.notices[-1] == "2 examples made."
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert stage.bodies() == LINES


def test_the_prompt_of_the_dataset_is_offered(stage: Stage) -> None:
    stage.workspace.perform(prompts.set_dataset_prompt, "Be kind.")
    stage.settle()

    def fill(dialog: TemplateDialog) -> None:
        dialog.choose("Question and answer")
        assert dialog.prompt_box.isChecked()
        assert "SYSTEM: Be kind." in dialog.preview.text()
        dialog.prompt_box.setChecked(False)
        assert "SYSTEM: You are {{name}}" in dialog.preview.text()
        dialog.reject()

    during_dialog(TemplateDialog, fill)
    stage.commands.invoke("example.from_template")


def test_words_of_an_example_become_fields(stage: Stage, qtbot: QtBot) -> None:
    def fill(dialog: SaveTemplateDialog) -> None:
        assert not dialog.save.isEnabled()
        dialog.name_field.setText("Weather")
        (row,) = dialog.rows()
        row.words.setText("Oslo")
        row.name.setText("city")
        assert row.places.text() == "2 places → {{city}}"
        other = dialog.add_field("Rome")
        assert other.places.text() == "These words are not in the example."
        other.remove.click()
        dialog.add_field("7 degrees")
        assert dialog.fields() == ("city", "7 degrees")
        assert "How warm is it in {{city}}?" in dialog.preview.text()
        dialog.save.click()

    seen = during_dialog(SaveTemplateDialog, fill)
    stage.commands.invoke("example.save_template")
    qtbot.waitUntil(lambda: bool(own_templates(stage.workspace)), timeout=5000)
    stage.settle()
    assert is_gone([*seen])
    assert stage.notices[-1] == "The template “Weather” is kept in this dataset."
    assert stage.bodies() == LINES

    def delete(dialog: TemplateDialog) -> None:
        assert dialog.template.name == "Weather"
        dialog.delete.click()
        qtbot.waitUntil(lambda: not own_templates(stage.workspace), timeout=5000)
        qtbot.waitUntil(lambda: dialog.template.name != "Weather", timeout=5000)
        dialog.reject()

    during_dialog(TemplateDialog, delete)
    stage.commands.invoke("example.from_template")
    stage.commands.invoke("edit.undo")
    stage.settle()
    assert [each.name for each in own_templates(stage.workspace)] == ["Weather"]


def test_chosen_words_are_proposed_and_a_taken_name_is_told(stage: Stage) -> None:
    value = {"messages": [{"role": "user", "content": "Oslo"}]}
    dialog = SaveTemplateDialog(value, "Oslo", frozenset(("Weather",)), stage.window)
    assert dialog.rows()[0].pair() == ("Oslo", "oslo")
    dialog.name_field.setText("Weather")
    assert dialog.save.text() == "Replace"
    assert not dialog.name_row.help.isHidden()
    dialog.deleteLater()
