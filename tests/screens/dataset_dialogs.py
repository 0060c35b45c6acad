"""The dialogs that change or look at the dataset as a whole."""

from array import array

from PySide6.QtWidgets import QApplication

from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.check.split_dialog import SplitDialog
from finetune_studio.ui.write.history_dialogs import EarlierTextsDialog, HistoryDialog
from finetune_studio.ui.write.privacy_dialogs import PurgeDialog, ShareDialog
from finetune_studio.ui.write.prompt_dialog import PromptDialog, RetypeDialog
from finetune_studio.ui.write.replace_dialog import ReplaceDialog
from finetune_studio.ui.write.versions_dialog import VersionsDialog
from finetune_studio.workspace.operations import examples, messages, tags, versions
from finetune_studio.workspace.queries.examples import list_ids
from tests.screens.stage import Stage


def dataset_dialogs(stage: Stage) -> None:
    """Each dialog over the sample, filled."""
    stage.open_sample()
    stage.page("write")
    _replace(stage)
    for name, dialog in (
        ("prompt", PromptDialog(stage.workspace, _ids(stage), "You are Marv.", stage.studio.window)),
        ("retype", RetypeDialog(24, stage.studio.window)),
        ("split", _split_dialog(stage)),
    ):
        stage.shoot_dialog(name, dialog)


def _split_dialog(stage: Stage) -> SplitDialog:
    dialog = SplitDialog(stage.workspace, stage.studio.commands, stage.studio.window)
    dialog.by.setCurrentIndex(dialog.by.findData("length"))
    dialog.test.setValue(10)
    return dialog


def _replace(stage: Stage) -> None:
    stage.studio.commands.invoke("edit.replace")
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ReplaceDialog))
    stage.settle()
    stage.shoot("replace-empty", dialog)
    dialog.text.setText("the")
    dialog.replacement.setText("that")
    dialog.whole_word.setChecked(True)
    dialog.search()
    stage.wait(lambda: bool(dialog.model.hits), what="hits")
    dialog.model.toggle(1)
    stage.settle()
    stage.shoot("replace", dialog)
    dialog.is_regex.setChecked(True)
    dialog.text.setText("(the")
    dialog.search()
    stage.shoot("replace-problem", dialog)
    dialog.reject()


def _ids(stage: Stage) -> "array[int]":
    return list_ids(stage.workspace)


def history_dialogs(stage: Stage) -> None:
    """Versions, the undo list and earlier texts after a few changes."""
    stage.open_sample()
    workspace, commands, window = stage.workspace, stage.studio.commands, stage.studio.window
    stage.shoot_dialog("versions-empty", VersionsDialog(workspace, commands, window))
    for operation, *arguments in (
        (versions.name_version, "Before the clean-up"),
        (messages.set_message_text, 1, 2, "Paris, as nearly everyone knows by now."),
        (messages.set_message_text, 3, 2, "Around 384,400 kilometres, give or take a few."),
        (examples.delete_examples, IdSet.of([5])),
        (versions.name_version, "Second reading"),
        (tags.add_tag, IdSet.of([1, 2, 3, 4]), "space"),
    ):
        workspace.perform(operation, *arguments)
        stage.wait(lambda: not workspace.pending_writes)
    dialog = VersionsDialog(workspace, commands, window)
    dialog.list.setCurrentRow(1)
    stage.shoot_dialog("versions", dialog)
    workspace.undo()
    stage.settle()
    stage.shoot_dialog("history", HistoryDialog(workspace, commands, window))
    stage.shoot_dialog("earlier", EarlierTextsDialog(workspace, commands, 1, window))
    stage.shoot_dialog("share", ShareDialog(window))
    purge = PurgeDialog(workspace, commands, window)
    purge.text.setText("Paris, as")
    stage.shoot_dialog("purge", purge)
