"""What was done to the open example, newest first."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_studio.storage.rows import StepRow
from finetune_studio.ui.widgets import Button, ElidedLabel, LineHeightLabel, SectionLabel
from finetune_studio.ui.write.words import age
from finetune_studio.workspace.history import StepLabel, label_text

_FIRST = 6
_AT_MOST = 100
_OF_TEXTS = (
    "message.",
    "example.edit",
    "example.restore",
    "fix.",
    "replace.",
    "prompt.",
    "weight.",
    "role.",
    "version.",
)
"""Steps that leave an earlier text."""


class HistorySection(QWidget):
    """Shows a few steps, all of them on demand; `earlier_requested` for the texts that the example had."""

    earlier_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(SectionLabel("History"))
        self.nothing = LineHeightLabel("No changes yet.", type="secondary")
        column.addWidget(self.nothing)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        column.addLayout(self._column)
        self.more = Button(kind="link")
        self.more.hide()
        self.more.clicked.connect(self._on_more_clicked)
        self.earlier = Button("Compare earlier texts…", kind="link")
        self.earlier.hide()
        self.earlier.clicked.connect(self.earlier_requested)
        row = QVBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.more)
        row.addWidget(self.earlier)
        column.addLayout(row)
        self._steps: tuple[StepRow, ...] = ()
        self._limit = _FIRST
        self.lines: list[ElidedLabel] = []

    def clear(self) -> None:
        """Another example is open; its steps are on their way."""
        self._limit = _FIRST
        self._steps = ()
        for line in self.lines:
            line.hide()
        self.nothing.hide()
        self.more.hide()
        self.earlier.hide()

    def show_steps(self, steps: Sequence[StepRow]) -> None:
        """Steps that were undone are not shown: they are not part of what the example is."""
        self._steps = tuple(step for step in steps if not step.undone)
        self.show_ages()

    def show_ages(self) -> None:
        """Write the lines again: time went on."""
        shown = self._steps[: self._limit]
        while len(self.lines) < len(shown):
            line = ElidedLabel(type="secondary")
            self.lines.append(line)
            self._column.addWidget(line)
        for number, line in enumerate(self.lines):
            line.setVisible(number < len(shown))
            if number < len(shown):
                step = shown[number]
                words = label_text(StepLabel(step.code, dict(step.arguments)))
                line.setText(f"{words} · {age(step.at)}")
        self.nothing.setVisible(not shown)
        self.earlier.setVisible(any(step.code.startswith(_OF_TEXTS) for step in self._steps))
        rest = min(len(self._steps), _AT_MOST) - len(shown)
        self.more.setVisible(rest > 0)
        self.more.setText(f"Show {rest:,} more")

    @Slot()
    def _on_more_clicked(self) -> None:
        self._limit = _AT_MOST
        self.show_ages()
