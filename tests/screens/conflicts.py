"""Pictures of conflicts: what is typed or edited here is changed or taken away elsewhere."""

import json
import shutil
from typing import Any

from PySide6.QtTest import QTest

from finetune_studio.domain.id_set import IdSet
from finetune_studio.resource_files import resource
from finetune_studio.settings.paths import app_paths
from finetune_studio.ui.write.compare_dialog import CompareDialog
from finetune_studio.workspace.operations import examples, messages
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.screens.stage import Stage

_MINE = " Give or take the width of my patience."
_THEIRS = "Around 384,400 kilometres. Give or take a few, as if you were going to walk."


def conflicts(stage: Stage) -> None:
    """The same words, the texts side by side, an example that is gone, JSON, a file, another window."""
    stage.open_sample()
    page: Any = stage.page("write")
    _type(stage, page, 3, 2, _MINE)
    _meanwhile(stage, messages.set_message_field, 3, 2, "/content", _THEIRS)
    stage.shoot("conflict-same-words")
    shown = page.conflicts.shown
    dialog = CompareDialog("Message 3, assistant", shown.theirs, shown.typed.text, stage.studio.window)
    dialog.show()
    stage.shoot("conflict-compare", dialog)
    dialog.reject()
    dialog.deleteLater()
    page.pane.conflict.buttons["mine"].click()
    _type(stage, page, 4, 1, " And how do you know?")
    _meanwhile(stage, examples.delete_examples, IdSet.of([4]))
    stage.shoot("conflict-gone")
    page.pane.conflict.buttons["drop"].click()
    _json(stage, page)
    _source(stage)
    _reading_only(stage)


def _source(stage: Stage) -> None:
    """The file that the dataset was made of has grown."""
    path = stage.folder / "grown" / "marv.jsonl"
    path.parent.mkdir()
    shutil.copy(resource("samples", "marv.jsonl"), path)
    stage.open(path)
    stage.studio.commands.invoke("file.close")
    turns = [{"role": "user", "content": "What is new?"}, {"role": "assistant", "content": "This line."}]
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"messages": turns}) + "\n")
    stage.open(path)
    stage.page("write")
    stage.wait(stage.studio.window.banner.isVisible, what="the news")
    stage.shoot("conflict-source")


def _reading_only(stage: Stage) -> None:
    """Another window has the dataset; then it changes it."""
    path = stage.folder / "grown" / "marv.ftset"
    stage.studio.commands.invoke("file.close")
    other = Workspace.open(path, paths=app_paths(), runner=ImmediateRunner())
    stage.studio.window.datasets.open_read_only(path)
    stage.wait(lambda: stage.studio.window.workspace is not None, what="the dataset")
    stage.page("write")
    stage.settle(1500)
    stage.shoot("conflict-read-only")
    other.perform(messages.set_message_text, 1, 1, "Changed over there.")
    stage.wait(lambda: "has changed" in stage.studio.window.banner.label.text(), what="the change")
    stage.shoot("conflict-read-only-changed")
    other.close()
    stage.studio.commands.invoke("file.close")


def _type(stage: Stage, page: Any, example_id: int, index: int, text: str) -> None:
    page.open_example(example_id, None)
    stage.settle(400)
    page.pane.conversation.focus_message(index)
    QTest.keyClicks(page.pane.conversation.card_at(index).body.editors[0], text)


def _meanwhile(stage: Stage, operation: Any, *arguments: Any) -> None:
    stage.workspace.perform(operation, *arguments)
    stage.wait(lambda: not stage.workspace.pending_writes)
    stage.settle(400)


def _json(stage: Stage, page: Any) -> None:
    page.open_example(5, None)
    stage.settle(400)
    stage.studio.commands.invoke("view.json")
    stage.settle(300)
    editor = page.tools.json.view.editor
    editor.document().find('"user"').insertText('"User"')
    _meanwhile(stage, messages.set_message_text, 5, 1, "Another question?")
    stage.shoot("conflict-json")
    page.tools.json.view.take_back()
    stage.studio.commands.invoke("view.json")
    stage.settle(300)
