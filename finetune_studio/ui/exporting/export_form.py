"""The form of the export dialog: in which form, which examples, where to."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.registry import resolve_target
from finetune_studio.targets.target import Target
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    FormRow,
    LineHeightLabel,
    SectionLabel,
    Segmented,
    StudioLineEdit,
)
from finetune_studio.workspace.exporting import ExportFilter

if TYPE_CHECKING:
    from finetune_studio.workspace.queries.examples import Counts

_EXPLANATIONS = {
    "as_is": "Every example of every kind in order, with all its keys. What you did not edit comes out "
    "byte for byte as it came in.",
    "target": "One kind of example, without what the service refuses. Rejected examples stay out, and you "
    "get a list of what was left out and why.",
}
_STATUSES = {
    ReviewState.DRAFT: "Draft",
    ReviewState.TO_REVIEW: "To review",
    ReviewState.APPROVED: "Approved",
    ReviewState.REJECTED: "Rejected",
}
_SPLITS: dict[Split | None, str] = {
    Split.TRAIN: "Train",
    Split.VALIDATION: "Validation",
    Split.TEST: "Test",
    None: "No split",
}
_ALL_TAGS = "All tags"


class ExportForm(QWidget):
    """`changed` after every choice."""

    changed = Signal()

    def __init__(
        self,
        counts: "Counts",
        tags: list[tuple[str, int]],
        target: Target | None,
        proposed: Path,
        profiles: Mapping[str, Profile],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.mode = Segmented([("as_is", "As it is"), ("target", "For a service")], "Form of the export")
        self.explanation = LineHeightLabel(_EXPLANATIONS["as_is"], type="secondary")
        self.service = ComboBox("Service")
        self._targets: list[Target] = []
        self._fill_services(target, profiles)
        self.service_row = FormRow("Service and base model", self.service)
        self.service_row.hide()
        self.statuses = {
            state: _box(f"{text} ({counts.by_status.get(state, 0):,})") for state, text in _STATUSES.items()
        }
        self.splits = {
            split: _box(f"{text} ({counts.by_split.get(split, 0):,})") for split, text in _SPLITS.items()
        }
        self.tag = ComboBox("Tag")
        self.tag.addItem(_ALL_TAGS)
        for name, number in tags:
            self.tag.addItem(f"{name} ({number:,})", name)
        self.path = StudioLineEdit(str(proposed))
        self.browse = Button("Choose…")
        self._lay_out(bool(tags))
        self.mode.chosen.connect(self._on_mode_chosen)
        self.browse.clicked.connect(self._on_browse_clicked)
        self.path.textChanged.connect(self.changed)
        for box in (*self.statuses.values(), *self.splits.values()):
            box.toggled.connect(self.changed)

    def _fill_services(self, current: Target | None, profiles: Mapping[str, Profile]) -> None:
        if current is not None:
            self._add_target(current)
        for profile in profiles.values():
            if profile.default_model or profile.models:
                model = profile.default_model or profile.models[0].id
                target = resolve_target(f"{profile.id}:{model}", profiles=profiles)
                if current is None or target.text != current.text:
                    self._add_target(target)

    def _add_target(self, target: Target) -> None:
        self._targets.append(target)
        self.service.addItem(target.title)

    def _lay_out(self, has_tags: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.mode)
        column.addWidget(self.explanation)
        column.addWidget(self.service_row)
        column.addSpacing(4)
        column.addWidget(SectionLabel("Which examples"))
        for boxes in (self.statuses, self.splits):
            row = QHBoxLayout()
            row.setSpacing(18)
            for box in boxes.values():
                row.addWidget(box)
            row.addStretch(1)
            column.addLayout(row)
        self.tag_row = FormRow("Tag", self.tag)
        self.tag_row.setVisible(has_tags)
        column.addWidget(self.tag_row)
        column.addSpacing(4)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        self.path.setAccessibleName("File")
        column.addWidget(FormRow("File", place))
        column.addStretch(1)

    def target(self) -> Target | None:
        """The chosen service, or None for an export as it is."""
        return self._targets[self.service.currentIndex()] if self.mode.current() == "target" else None

    def filter(self) -> ExportFilter:
        """What is chosen; all boxes ticked is no filter at all."""
        statuses = frozenset(state for state, box in self.statuses.items() if box.isChecked())
        splits = frozenset(split for split, box in self.splits.items() if box.isChecked())
        tag = self.tag.currentData()
        return ExportFilter(
            statuses=None if len(statuses) == len(self.statuses) else statuses,
            splits=None if len(splits) == len(self.splits) else splits,
            tags=frozenset([tag]) if tag else None,
        )

    def problem(self) -> str:
        """Why it cannot be exported yet, or an empty text."""
        chosen = self.filter()
        if chosen.statuses == frozenset() or chosen.splits == frozenset():
            return "Choose at least one state and one split."
        if not self.path.text().strip():
            return "Choose a file."
        path = Path(self.path.text().strip())
        if path.is_dir():
            return "This is a folder; add a file name."
        if not path.parent.is_dir():
            return "The folder does not exist."
        return ""

    @Slot(str)
    def _on_mode_chosen(self, mode: str) -> None:
        self.explanation.setText(_EXPLANATIONS[mode])
        self.service_row.setVisible(mode == "target")
        self.changed.emit()

    @Slot()
    def _on_browse_clicked(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(
            self, "Export to", self.path.text(), "JSONL (*.jsonl);;All files (*)"
        )
        if name:
            self.path.setText(name)


def _box(text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(True)
    return box
