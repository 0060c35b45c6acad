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
