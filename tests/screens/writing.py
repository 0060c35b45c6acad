"""Pictures of the tools of writing: pasting, JSON."""

from typing import Any

from PySide6.QtWidgets import QApplication

from finetune_studio.ui.write.paste_dialog import PasteDialog
from finetune_studio.ui.write.spelling_dialog import SpellingDialog
from tests.screens.conversations import open_conversations
from tests.screens.stage import Stage

_TALK = """You are Marv, a factual chatbot that is also sarcastic.

User: How far is the Moon from Earth?
Assistant: Around 384,400 kilometers. Give or take a few, like that really matters.

User: And the Sun?
Assistant: 149.6 million kilometers. Bring water.
"""

_MARKDOWN = """## How far the Moon is

Around **384,400 km**, give or take a few:

- at perigee, 363,300 km
- at apogee, `405,500` km

```python
def distance(day):
\treturn 384_400  # roughly
```

More at [a page](https://example.com/moon), and <b>no HTML</b>.
"""


def writing(stage: Stage) -> None:
    """On the conversations of the scene of this name."""
    open_conversations(stage, "writing.jsonl")
    page: Any = stage.page("write")
    ids = [row for chunk in stage.workspace.examples().ids() for row in chunk]
    _paste(stage, page)
    _json(stage, page, ids)
    _pair(stage, page, ids)
    _find(stage, page, ids)
    _looks(stage, page, ids)
    _spelling(stage, page, ids)


def _pair(stage: Stage, page: Any, ids: list[int]) -> None:
    page.open_example(ids[2], None)
    stage.settle(500)
    stage.shoot("pair-differences")
    page.open_example(ids[0], None)
    stage.settle(400)


def _find(stage: Stage, page: Any, ids: list[int]) -> None:
    page.open_example(ids[0], None)
    stage.settle(500)
    stage.studio.commands.invoke("edit.find_here")
    bar = page.tools.finding.bar
    bar.field.setText("o")
    stage.settle(500)
    bar.next.click()
    stage.settle(300)
    stage.shoot("find-here")
    bar.is_regex.setChecked(True)
    bar.field.setText("(o")
    stage.settle(500)
    stage.shoot("find-here-problem")
    bar.is_regex.setChecked(False)
    bar.closed.emit()


def _looks(stage: Stage, page: Any, ids: list[int]) -> None:
    invoke = stage.studio.commands.invoke
    view = page.pane.conversation
    page.open_example(ids[4], None)
    stage.settle(500)
    view.add_role("assistant")
    view.card_at(0).body.editors[0].insert_true_text(_MARKDOWN)
    stage.settle(1200)
    stage.shoot("look-code")
    invoke("view.marks")
    stage.shoot("look-marks")
    invoke("view.marks")
    invoke("view.markdown")
    stage.settle(300)
    stage.shoot("look-markdown")
    invoke("view.zoom_in")
    invoke("view.zoom_in")
    stage.settle(300)
    stage.shoot("look-zoom")
    invoke("view.zoom_reset")
    invoke("view.markdown")
    page.open_example(ids[0], None)
    stage.settle(500)
    invoke("view.collapse_all")
    stage.settle(300)
    stage.shoot("look-collapsed")
    invoke("view.collapse_all")


def _spelling(stage: Stage, page: Any, ids: list[int]) -> None:
    page.open_example(ids[4], None)
    stage.settle(500)
    view = page.pane.conversation
    view.add_role("user")
    view.card_at(1).body.editors[0].insert_true_text(
        "Definately teh best answer that I could recieve, is it not?"
    )
    page.panel.view.setFocus()
    stage.settle(2500)
    stage.studio.commands.invoke("edit.spelling_next")
    stage.settle(1500)
    stage.shoot("spelling")
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()
    dialog = SpellingDialog("", ["apogee", "Marv", "perigee"], stage.studio.window)
    dialog.show()
    stage.settle(300)
    stage.shoot("spelling-settings", dialog)
    dialog.reject()
    dialog.deleteLater()


def _json(stage: Stage, page: Any, ids: list[int]) -> None:
    page.open_example(ids[0], None)
    stage.settle(400)
    stage.studio.commands.invoke("view.json")
    stage.settle(300)
    stage.shoot("json")
    stage.studio.commands.invoke("edit.find_here")
    stage.settle(200)
    found = page.tools.json.find
    found.bar.field.setText("content")
    found.search()
    stage.settle(500)
    stage.shoot("json-find")
    found.close()
    editor = page.tools.json.view.editor
    editor.document().find('"user",').insertText('"user"')
    stage.settle(300)
    page.tools.json.view.place.click()
    stage.settle(300)
    stage.shoot("json-problem")
    page.tools.json.view.take_back()
    page.open_example(ids[-1], None)
    stage.settle(400)
    stage.shoot("json-other")
    stage.studio.commands.invoke("view.json")
    page.open_example(ids[0], None)
    stage.settle(400)


def _paste(stage: Stage, page: Any) -> None:
    for name, text in (("paste", _TALK), ("paste-empty", "")):
        dialog = PasteDialog(text, is_empty=True, parent=stage.studio.window)
        dialog.show()
        stage.settle(400)
        stage.shoot(name, dialog)
        dialog.reject()
        dialog.deleteLater()
