"""The line under the conversation: the review keys, and how much is left."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from finetune_studio.ui.widgets import IconButton, KeyHint, Label
from finetune_studio.ui.write.filter_bar import FilterCounts

HINTS = (
    ("J", "next"),
    ("K", "previous"),
    ("A", "approve"),
    ("R", "reject"),
    ("E", "edit"),
    ("T", "tag"),
    ("Ctrl ↵", "add turn"),
)


class ReviewBar(QWidget):
    """Hints that have no room are left out, the last ones first."""

    hide_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        self.hints = [KeyHint(key, text) for key, text in HINTS]
        for hint in self.hints:
            row.addWidget(hint)
        row.addStretch(1)
        self.progress = QProgressBar()
        self.progress.setFixedWidth(72)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Reviewed")
        self.left = Label(type="secondary")
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.close_button = IconButton("x", "Hide the review keys")
        self.close_button.clicked.connect(self._on_close_button_clicked)
        row.addWidget(self.progress)
        row.addWidget(self.left)
        row.addWidget(self.close_button)

    def show_counts(self, counts: FilterCounts) -> None:
        """How much of what waits for a decision has one."""
        left, decided = counts.left_to_review, counts.decided
        self.left.setText(f"{left:,} left to review" if left else "Nothing left to review")
        self.progress.setRange(0, max(1, left + decided))
        self.progress.setValue(decided)
        self.progress.setVisible(bool(left + decided))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        spacing = 14
        parts = (self.left, self.close_button, self.progress)
        room = self.width() - sum(part.sizeHint().width() + spacing for part in parts)
        for hint in self.hints:
            room -= hint.sizeHint().width() + spacing
            hint.setVisible(room >= 0)

    @Slot()
    def _on_close_button_clicked(self) -> None:
        self.hide_requested.emit()
