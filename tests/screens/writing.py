"""Pictures of the tools of writing: pasting."""

from typing import Any

from finetune_studio.ui.write.paste_dialog import PasteDialog
from tests.screens.stage import Stage

_TALK = """You are Marv, a factual chatbot that is also sarcastic.

User: How far is the Moon from Earth?
Assistant: Around 384,400 kilometers. Give or take a few, like that really matters.

User: And the Sun?
Assistant: 149.6 million kilometers. Bring water.
"""


def writing(stage: Stage) -> None:
    """On the dataset of the scene before."""
    page: Any = stage.page("write")
    _paste(stage, page)


def _paste(stage: Stage, page: Any) -> None:
    for name, text in (("paste", _TALK), ("paste-empty", "")):
        dialog = PasteDialog(text, is_empty=True, parent=stage.studio.window)
        dialog.show()
        stage.settle(400)
        stage.shoot(name, dialog)
        dialog.reject()
        dialog.deleteLater()
