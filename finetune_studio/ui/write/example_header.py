"""The line over the conversation: which example, its state, its size, and the two decisions."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.domain.example import Example
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.models.example_list_model import STATUS_WORDS
from finetune_studio.ui.widgets import Badge, Button, ElidedLabel, IconButton, Label, plain_tooltip
from finetune_studio.ui.write.words import SPLIT_TONES, STATUS_TONES, counted

_GAP = 8


class ExampleHeader(QWidget):
    """Reject and Approve are the commands review.reject and review.approve."""

    def __init__(self, commands: CommandRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        self.title = Label(type="title")
        self.status = Badge()
        self.split = Badge()
        self.facts = ElidedLabel(type="secondary")
        self._parts: list[str] = []
        self.reject = Button("Reject", icon_name="x", icon_tint="error")
        self.approve = Button("Approve", icon_name="check", icon_tint="success")
        self._decisions = ((self.reject, "Reject"), (self.approve, "Approve"))
        self._is_compact = False
        self.tools = IconButton("wrench", "Tools of the example", shortcut_hint="Ctrl+T")
        commands.bind_button(self.tools, "example.tools")
        self.json = IconButton("braces", "Show as JSON", checkable=True)
        commands.bind_button(self.json, "view.json")
        commands.bind_button(self.reject, "review.reject")
        commands.bind_button(self.approve, "review.approve")
        row.addWidget(self.title)
        row.addSpacing(8)
        row.addWidget(self.status)
        row.addWidget(self.split)
        row.addWidget(self.facts, 1)
        row.addWidget(self.tools)
        row.addWidget(self.json)
        row.addWidget(self.reject)
        row.addWidget(self.approve)

    def show_example(
        self, example: Example, rank: int | None, messages: int, tokens: int | None, trained: int | None
    ) -> None:
        """`rank` counts from 0; tokens that are not counted yet are None."""
        self.title.setText("Example" if rank is None else f"Example {rank + 1:,}")
        self.status.set_text(STATUS_WORDS[example.status])
        self.status.set_tone(STATUS_TONES[example.status])
        self.split.setVisible(example.split is not None)
        if example.split is not None:
            self.split.set_text(example.split.value)
            self.split.set_tone(SPLIT_TONES[example.split])
        parts = [counted(messages, "message")]
        if tokens is not None:
            parts.append(counted(tokens, "token"))
        if trained is not None:
            parts.append(f"{trained:,} trained")
        self._parts = parts
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, the two decisions are icons; then the numbers go, one by one."""
        whole = " · ".join(self._parts)
        without = " · ".join(self._parts[1:]) or whole
        wanted = self._width_of(without)
        self._set_compact(self._room(compact=False) < wanted)
        room = self._room(compact=self._is_compact)
        texts = (whole, without, " · ".join(self._parts[1:2]) or whole)
        text = next((each for each in texts if self._width_of(each) <= room), "")
        self.facts.setText(text)
        self.facts.setToolTip("" if text == whole else plain_tooltip(whole))

    def _width_of(self, text: str) -> int:
        return self.facts.fontMetrics().horizontalAdvance(text) + 2

    def _room(self, compact: bool) -> int:
        """What is left for the facts, with the words of the two decisions or without."""
        others = [self.title, self.status, self.split, self.tools, self.json, self.reject, self.approve]
        shown = [part for part in others if not part.isHidden()]
        taken = sum(part.sizeHint().width() + _GAP for part in shown) + 2 * _GAP
        words = sum(button.fontMetrics().horizontalAdvance(text) + _GAP for button, text in self._decisions)
        return self.width() - taken + words * (int(compact) - int(self._is_compact))

    def _set_compact(self, compact: bool) -> None:
        if compact == self._is_compact:
            return
        self._is_compact = compact
        for button, text in self._decisions:
            button.setText("" if compact else text)
            button.setAccessibleName(text)
