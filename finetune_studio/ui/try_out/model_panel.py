"""Which models are compared: a tuned one from the list, and what it is held against."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    FormRow,
    Label,
    LineHeightLabel,
    ScrollColumn,
    SectionLabel,
    SidePanel,
)
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind, base_of


class ModelRow(Button):
    """One tuned model or checkpoint of the list, two lines."""

    def __init__(self, choice: ModelChoice, parent: QWidget | None = None) -> None:
        super().__init__("", kind="row", parent=parent)
        self.choice = choice
        self.setCheckable(True)
        when = _ago(choice.at) if choice.kind is ModelKind.TUNED else "checkpoint"
        self.setAccessibleName(f"{choice.title}, {choice.where}, {when}")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(11, 6, 11, 6)
        lines.setSpacing(2)
        for text, kind in ((choice.title, "strong"), (f"{choice.where} · {when}", "small")):
            label = Label(text, type=kind)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            lines.addWidget(label)

    def sizeHint(self) -> QSize:
        """Two lines; the stylesheet knows rows of one."""
        return QSize(super().sizeHint().width(), 52)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 52)


class ModelPanel(SidePanel):
    """`changed` comes when the pair of models is another one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(edge="right", parent=parent)
        self._bases: list[ModelChoice] = []
        self._others: list[ModelChoice] = []
        self._heading = SectionLabel("Tuned models")
        self._column = ScrollColumn(spacing=4)
        self._empty = LineHeightLabel(
            "No tuned model yet. When a job has succeeded on the Fine-tune page, its model is listed here.",
            type="secondary",
        )
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonClicked.connect(self._on_row_clicked)
        self._against = ComboBox("Compare with")
        self._against.currentIndexChanged.connect(self._on_against_changed)
        self.body.addWidget(self._heading)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._column, 1)
        self.body.addWidget(FormRow("Compare with", self._against))

    def set_choices(self, tuned: Sequence[ModelChoice], bases: Sequence[ModelChoice]) -> None:
        """Fill the list and keep the chosen model where it is still there; else choose the newest."""
        before = self.tuned
        self._bases = list(bases)
        self._others = list(tuned)
        for button in self._group.buttons():
            self._group.removeButton(button)
            button.deleteLater()
        for choice in tuned:
            row = ModelRow(choice)
            self._group.addButton(row)
            self._column.body.addWidget(row)
        self._heading.set_count(len(tuned) or None)
        self._empty.setVisible(not tuned)
        wanted = before.model if before is not None else ""
        self.choose(wanted if any(choice.model == wanted for choice in tuned) else "")

    def choose(self, model: str) -> None:
        """Choose a tuned model by name; the newest where the name is empty or unknown."""
        rows = [button for button in self._group.buttons() if isinstance(button, ModelRow)]
        chosen = next((row for row in rows if row.choice.model == model), rows[0] if rows else None)
        if chosen is not None:
            chosen.setChecked(True)
        self._fill_against()
        self.changed.emit()

    @property
    def tuned(self) -> ModelChoice | None:
        """The chosen tuned model or checkpoint."""
        button = self._group.checkedButton()
        return button.choice if isinstance(button, ModelRow) else None

    @property
    def against(self) -> ModelChoice | None:
        """The model on the left side."""
        choice = self._against.currentData()
        return choice if isinstance(choice, ModelChoice) else None

    def _fill_against(self) -> None:
        tuned = self.tuned
        choices = [base_of(tuned)] if tuned is not None else []
        known = {(choice.profile_id, choice.base_url, choice.model) for choice in choices}
        choices += [c for c in self._bases if (c.profile_id, c.base_url, c.model) not in known]
        choices += [c for c in self._others if c is not tuned]
        kept = self.against
        self._against.blockSignals(True)
        self._against.clear()
        for choice in choices:
            kind = "base" if choice.kind is ModelKind.BASE else choice.kind.value
            self._against.addItem(f"{choice.title} ({kind}, {choice.where})", choice)
        index = next((i for i, choice in enumerate(choices) if kept is not None and choice == kept), 0)
        self._against.setCurrentIndex(index if choices else -1)
        self._against.blockSignals(False)

    @Slot()
    def _on_row_clicked(self) -> None:
        self._fill_against()
        self.changed.emit()

    @Slot()
    def _on_against_changed(self) -> None:
        self.changed.emit()


def _ago(at: datetime | None) -> str:
    """A short age: "just now", "5 min ago", "3 h ago", "2 days ago"."""
    if at is None:
        return "some time ago"
    moment = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    minutes = int((datetime.now(UTC) - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 60 * 24:
        return f"{minutes // 60} h ago"
    days = minutes // (60 * 24)
    return "yesterday" if days == 1 else f"{days} days ago"
