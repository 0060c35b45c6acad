"""Which findings are listed: by split, by review state, what is new since a version."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.storage.versions import VersionRow
from finetune_studio.ui.widgets import Button, ComboBox, Label
from finetune_studio.workspace.queries.findings import NO_SPLIT, FindingFilter

_SPLITS = (
    ("Any split", ""),
    *((split.value.capitalize(), split.value) for split in Split),
    ("In no split", NO_SPLIT),
)
_STATES = (
    ("Any state", ""),
    ("Draft", ReviewState.DRAFT.value),
    ("To review", ReviewState.TO_REVIEW.value),
    ("Approved", ReviewState.APPROVED.value),
    ("Rejected", ReviewState.REJECTED.value),
)
_ANY_TIME = "Found at any time"


class FindingFilters(QWidget):
    """`changed` after a choice; read `value()`."""

    changed = Signal()
    rules_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.split = self._filled("Split of the findings", _SPLITS)
        self.state = self._filled("Review state of the findings", _STATES)
        self.since = self._filled("Findings new since a version", ((_ANY_TIME, None),))
        self.every_rule = QCheckBox("List rules that find nothing too")
        self.clear = Button("Show all", kind="link")
        self.clear.setAccessibleName("Take the filters away")
        self.note = Label("Name a version (File menu) to see what is new since then.", type="small")
        self.note.setWordWrap(True)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.split, 1)
        pair.addWidget(self.state, 1)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self.since, 1)
        last.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(8)
        layout.addLayout(pair)
        layout.addLayout(last)
        layout.addWidget(self.note)
        layout.addWidget(self.every_rule)
        self.every_rule.toggled.connect(self.rules_toggled)
        for combo in (self.split, self.state, self.since):
            combo.activated.connect(self._on_activated)
        self.clear.clicked.connect(self.reset)
        self._show_state()

    def _filled(self, name: str, items: Sequence[tuple[str, object]]) -> ComboBox:
        combo = ComboBox(name, self)
        for text, key in items:
            combo.addItem(text, key)
        return combo

    def value(self) -> FindingFilter:
        """What was chosen; severities are chosen elsewhere."""
        state = self.state.currentData()
        return FindingFilter(
            split=self.split.currentData(),
            status=ReviewState(state) if state else None,
            since=self.since.currentData(),
        )

    def set_versions(self, versions: Sequence[VersionRow]) -> bool:
        """Offer these versions; False where the one that was chosen is gone."""
        wanted = [(_ANY_TIME, None), *((f"New since {row.name}", row.id) for row in versions)]
        shown = [(self.since.itemText(n), self.since.itemData(n)) for n in range(self.since.count())]
        if wanted == shown:
            return True
        chosen = self.since.currentData()
        self.since.clear()
        for text, key in wanted:
            self.since.addItem(text, key)
        at = next((n for n, (_, key) in enumerate(wanted) if key == chosen), -1)
        self.since.setCurrentIndex(max(0, at))
        self._show_state()
        return at >= 0

    @Slot()
    def reset(self) -> None:
        """Let every finding through."""
        for combo in (self.split, self.state, self.since):
            combo.setCurrentIndex(0)
        self._show_state()
        self.changed.emit()

    @Slot(int)
    def _on_activated(self, _index: int) -> None:
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        self.clear.setVisible(self.value().names_examples)
        self.since.setEnabled(self.since.count() > 1)
        self.note.setVisible(self.since.count() <= 1)
