"""Texts before and after, side by side, with the words that went and came."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.check.marked_text import MarkedText
from finetune_studio.ui.check.word_diff import different_spans
from finetune_studio.ui.widgets import Card, Label, LineHeightLabel, ScrollColumn
from finetune_studio.workspace.queries.versions import TextChange, text_changes

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SHOWN = 40
_CHARACTERS = 4_000


class DiffColumn(ScrollColumn):
    """One card a text; `names` head the two sides."""

    def __init__(self, names: tuple[str, str] = ("Then", "Now"), parent: QWidget | None = None) -> None:
        super().__init__(margin=0, spacing=10, parent=parent)
        self.names = names
        self.set_reachable("Differences")
        self._parts: list[QWidget] = []

    def say(self, text: str) -> None:
        """A sentence in place of differences."""
        self._clear()
        if text:
            self._add(LineHeightLabel(text, type="secondary"))

    def ask(
        self, workspace: "Workspace", old: int | None, new: int | None, failed: Callable[[StudioError], None]
    ) -> None:
        """Read two bodies and show what differs; a newer question takes the place of this one."""

        def answer(found: list[TextChange]) -> None:
            if isValid(self):
                self.show_changes(found)

        key = f"differences {id(self)}"
        workspace.ask(text_changes, old, new, done=answer, failed=failed, key=key)

    def show_changes(self, changes: Sequence[TextChange]) -> None:
        """The first of them; long texts are cut."""
        if not changes:
            self.say("The texts are the same.")
            return
        self._clear()
        for change in changes[:_SHOWN]:
            self._add(_card(change, self.names))
        if len(changes) > _SHOWN:
            self._add(LineHeightLabel(f"{len(changes) - _SHOWN:,} more texts differ.", type="secondary"))

    def _add(self, part: QWidget) -> None:
        self.body.addWidget(part)
        self._parts.append(part)

    def _clear(self) -> None:
        for part in self._parts:
            self.body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []


def _card(change: TextChange, names: tuple[str, str]) -> Card:
    old, new = change.old[:_CHARACTERS], change.new[:_CHARACTERS]
    card = Card(spacing=8, margin=14)
    card.body.addWidget(Label(change.place, type="strong"))
    row = QHBoxLayout()
    row.setSpacing(20)
    for title, text, spans, tone in (
        (names[0], old, different_spans(new, old) if new else (), "error"),
        (names[1], new, different_spans(old, new) if old else (), "success"),
    ):
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(Label(title, type="label"))
        side.addWidget(MarkedText(text, spans, tone, "body") if text else Label("Nothing", type="secondary"))
        side.addStretch(1)
        row.addLayout(side, 1)
    card.body.addLayout(row)
    return card
