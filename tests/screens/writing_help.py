"""What helps to write: the dataset's prompt, templates, drafts."""

from typing import Any

from PySide6.QtWidgets import QMenu

from tests.screens.stage import Stage


def dataset_prompt(stage: Stage) -> None:
    """A card that follows, one that does not, and the dialog that changes the prompt."""
    from finetune_studio.ui.write.dataset_prompt_dialog import DatasetPromptDialog
    from finetune_studio.workspace.operations import messages, prompts
    from finetune_studio.workspace.queries.prompts import usual_system_prompt

    stage.open_sample()
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


def templates(stage: Stage) -> None:
    """A template filled by hand, from a table, and one made of an example."""
    import json

    from finetune_studio.ui.write.save_template_dialog import SaveTemplateDialog
    from finetune_studio.ui.write.template_dialog import FROM_TABLE, TemplateDialog
    from finetune_studio.ui.write.template_memory import TemplateMemory
    from finetune_studio.workspace.operations.templates import save_template
    from finetune_studio.workspace.queries.examples import get_example

    stage.open_sample()
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


def drafts(stage: Stage) -> None:
    """The model is chosen, a reply streams in, an error is told, and more examples are drafted."""
    from finetune_studio.providers.secrets import Secret
    from finetune_studio.ui.write.draft_model_dialog import DraftModelDialog
    from finetune_studio.ui.write.more_dialog import MoreDialog
    from finetune_studio.workspace.model_choices import ModelChoice, ModelKind
    from finetune_studio.workspace.operations import messages
    from finetune_studio.workspace.queries.examples import get_example
    from tests.helpers.builders import chat_line
    from tests.helpers.fake_provider_server import FakeProviderServer

    stage.open_sample()
    page: Any = stage.page("write")
    workspace = stage.workspace
    dialog = DraftModelDialog(workspace, None, stage.studio.window)
    dialog.where.setCurrentIndex(dialog.where.findData("openai"))
    dialog.show()
    stage.settle(600)
    stage.shoot("draft-model", dialog)
    dialog.reject()
    dialog.deleteLater()
    with FakeProviderServer() as service:
        profile = workspace.sending.profiles["openai"]
        workspace.sending.connections.keys.keep(profile, service.base_url, Secret(service.key))
        model = "gpt-4.1-mini"
        choice = ModelChoice(ModelKind.BASE, "openai", service.base_url, model, model, model, "OpenAI")
        page.drafts.set_model(choice)
        workspace.perform(messages.set_message_text, 3, 2, "")
        stage.settle()
        page.open_example(3, None)
        stage.settle(500)
        service.answer_pieces = ["Around 384,400 kilometers. ", "Pack a sandwich, ", "or two."]
        stage.studio.commands.invoke("draft.reply")
        stage.wait(lambda: page.pane.draft.text.endswith("or two."), what="the draft")
        stage.settle(400)
        stage.shoot("draft")
        service.inject("POST", "/chat/completions", "401")
        page.pane.draft.again.click()
        stage.wait(lambda: not page.pane.draft.is_busy and page.pane.draft.hint() != "", what="the error")
        stage.settle(600)
        stage.shoot("draft-error")
        page.pane.draft.drop.click()
        talks = (
            ("How long is a light year?", "9.46 trillion kilometers."),
            ("Who built the pyramids?", "Egyptians."),
        )
        service.answer_pieces = [f"{chat_line(('user', q), ('assistant', a)).decode()}" for q, a in talks]
        record = get_example(workspace, 1).record
        assert record is not None
        more = MoreDialog(workspace, choice, record, stage.studio.window)
        more.show()
        stage.wait(lambda: not more.is_busy, what="more examples")
        stage.shoot("draft-more", more)
        more.reject()
        more.deleteLater()
