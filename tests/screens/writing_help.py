"""What helps to write: the dataset's prompt, templates, drafts."""

from typing import Any

from PySide6.QtWidgets import QMenu

from tests.screens.stage import Stage


def dataset_prompt(stage: Stage) -> None:
    """A card that follows, one that does not, and the dialog that changes the prompt."""
    from finetune_studio.ui.write.dataset_prompt_dialog import DatasetPromptDialog
    from finetune_studio.workspace.operations import messages, prompts
    from finetune_studio.workspace.queries.prompts import usual_system_prompt

    page: Any = stage.page("write")
    workspace = stage.workspace
    workspace.perform(prompts.set_dataset_prompt, usual_system_prompt(workspace))
    workspace.perform(messages.set_message_text, 2, 0, "Marv is in a good mood today.")
    stage.settle()
    page.open_example(1, None)
    stage.settle(500)
    stage.shoot("prompt-follows")
    page.pane.conversation.card_at(0).header.prompt.click()
    stage.shoot("prompt-menu")
    for menu in page.pane.conversation.findChildren(QMenu):
        menu.close()
    page.open_example(2, None)
    stage.settle(500)
    stage.shoot("prompt-own")
    dialog = DatasetPromptDialog(workspace, "", stage.studio.window)
    dialog.show()
    stage.settle(600)
    dialog.editor.set_text("Marv is a factual chatbot that is also sarcastic, but never rude.")
    stage.settle(800)
    stage.shoot("prompt-dialog", dialog)
    dialog.reject()
    dialog.deleteLater()
    workspace.undo()
    workspace.undo()
    stage.settle()


def templates(stage: Stage) -> None:
    """A template filled by hand, from a table, and one made of an example."""
    import json

    from finetune_studio.ui.write.save_template_dialog import SaveTemplateDialog
    from finetune_studio.ui.write.template_dialog import FROM_TABLE, TemplateDialog
    from finetune_studio.ui.write.template_memory import TemplateMemory
    from finetune_studio.workspace.operations.templates import save_template
    from finetune_studio.workspace.queries.examples import get_example

    workspace = stage.workspace
    value = json.loads(get_example(workspace, 3).body)
    workspace.perform(save_template, "Distance", value)
    stage.settle()
    dialog = TemplateDialog(workspace, TemplateMemory(), stage.studio.window)
    dialog.choose("Look up with a tool")
    dialog.show()
    for name, text in (("question", "Do I need a coat in Oslo?"), ("city", "Oslo"), ("temperature", "7")):
        dialog.field(name).set_text(text)
    dialog.focus_fields()
    stage.settle(500)
    stage.shoot("template", dialog)
    dialog.mode.button(FROM_TABLE).click()
    dialog.table.set_text("city\ttemperature\tmood\nOslo\t7\tgrim\nRome\t20\tmerry\n")
    stage.settle(300)
    stage.shoot("template-table", dialog)
    dialog.reject()
    dialog.deleteLater()
    saving = SaveTemplateDialog(value, "Moon", frozenset(), stage.studio.window)
    saving.show()
    saving.rows()[0].name.setText("body")
    saving.add_field("Mars", "planet")
    saving.name_field.setText("Distances")
    stage.settle(400)
    stage.shoot("template-save", saving)
    saving.reject()
    saving.deleteLater()
    workspace.undo()
    stage.settle()
