"""The line under the conversation: the review keys, and how much is left."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import KeyHint, Label
from finetune_studio.ui.write.filter_bar import FilterCounts

_GAP = 12
HINTS = (
    ("J", "next"),
    ("K", "previous"),
    ("A", "approve"),
    ("R", "reject"),
    ("E", "edit"),
    ("T", "tag"),
    ("Ctrl ↵", "add turn"),
    ("D", "draft"),
    ("Space", "read on"),
)


class ReviewBar(QWidget):
    """Hints that have no room are left out, the last ones first; the command review.bar hides it all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        self.hints = [KeyHint(key, text) for key, text in HINTS]
        for hint in self.hints:
            row.addWidget(hint)
        row.addStretch(1)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Reviewed")
        self.left = Label(type="secondary")
        self.left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count = QWidget()
        column = QVBoxLayout(self._count)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.left)
        column.addWidget(self.progress)
        row.addWidget(self._count)

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
        room = self.width() - self._count.sizeHint().width()
        for hint in self.hints:
            room -= hint.sizeHint().width() + _GAP
            hint.setVisible(room >= 0)
