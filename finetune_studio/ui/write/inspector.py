"""The right column: findings, details, note and history of the open example."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import LineHeightLabel, ScrollColumn, SidePanel
from finetune_studio.ui.write.inspector_details import DetailsSection
from finetune_studio.ui.write.inspector_findings import FindingsSection
from finetune_studio.ui.write.inspector_history import HistorySection
from finetune_studio.ui.write.inspector_models import ModelsSection
from finetune_studio.ui.write.inspector_note import NoteSection

WIDTH = 320


class Inspector(SidePanel):
    """Only shows; InspectorController fills it and does what it asks for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("left", parent)
        self.setAccessibleName("About this example")
        self.setMinimumWidth(260)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget(self)
        self._scroll = ScrollColumn(margin=16, spacing=22, parent=self._stack)
        inner = self._scroll.widget()
        self.findings = FindingsSection(inner)
        self.details = DetailsSection(inner)
        self.note = NoteSection(inner)
        self.models = ModelsSection(inner)
        self.history = HistorySection(inner)
        self._scroll.set_reachable("Inspector")
        for section in (self.findings, self.details, self.note, self.models, self.history):
            self._scroll.body.addWidget(section)
        empty = QWidget(self._stack)
        column = QVBoxLayout(empty)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(
            LineHeightLabel("Findings, tags and history of the open example come here.", type="secondary")
        )
        column.addStretch(1)
        self._stack.addWidget(empty)
        self._stack.addWidget(self._scroll)
        self.body.addWidget(self._stack)

    def set_empty(self, empty: bool) -> None:
        """Say what would be here when no example is open."""
        self._stack.setCurrentIndex(0 if empty else 1)

    def scroll_to(self, section: QWidget) -> None:
        self._scroll.ensureWidgetVisible(section)

    def to_top(self) -> None:
        self._scroll.verticalScrollBar().setValue(0)
