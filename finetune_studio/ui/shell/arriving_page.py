"""What is seen while a big file is still being read: its first examples, to look at."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QListView, QWidget

from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.ui.widgets import EmptyState, SectionLabel, SidePanel
from finetune_studio.ui.write.example_delegate import ExampleDelegate
from finetune_studio.workspace.queries.examples import ListRow

if TYPE_CHECKING:
    from finetune_studio.workspace.opening import Preview

SHOW_AFTER = 300
"""Milliseconds of reading after which the page is shown; a small file is open before."""
_WIDTH = 348

Index = QModelIndex | QPersistentModelIndex


class _PreviewModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ListRow] = []

    def set_preview(self, preview: "Preview") -> None:
        self.beginResetModel()
        self._rows = [
            ListRow(
                -1 - rank,
                rank,
                row.title,
                row.preview,
                ReviewState.TO_REVIEW,
                None,
                (),
                ExampleKind.CONVERSATION,
                None,
                0,
                None,
                False,
            )
            for rank, row in enumerate(preview.rows)
        ]
        self.endResetModel()

    def row_at(self, number: int) -> ListRow | None:
        return self._rows[number] if 0 <= number < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row_at(index.row())
        if row is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return row.title


class ArrivingPage(QWidget):
    """`due` comes when the reading takes long enough to be worth a page of its own."""

    due = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = _PreviewModel(self)
        self.view = QListView()
        self.view.setAccessibleName("First examples")
        self.view.setUniformItemSizes(True)
        self.view.setItemDelegate(ExampleDelegate(self.model, self))
        self.view.setModel(self.model)
        self.view.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.view.setProperty("panel", "clear")
        self._heading = SectionLabel("First examples")
        side = SidePanel(edge="right")
        side.setFixedWidth(_WIDTH)
        side.body.setContentsMargins(0, 14, 0, 0)
        self._heading.setContentsMargins(16, 0, 16, 0)
        side.body.addWidget(self._heading)
        side.body.addWidget(self.view, 1)
        self.message = EmptyState("file-input", "Reading", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self.message, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOW_AFTER)
        self._timer.timeout.connect(self.due)

    def set_preview(self, preview: "Preview") -> None:
        """The first examples of a file are known; shown when the rest takes its time."""
        self.model.set_preview(preview)
        self._heading.set_count(self.model.rowCount())
        self.message.set_texts(
            f"Reading {preview.name}",
            "These are its first examples. All of them open here when the file is read; "
            "the status bar shows how far it is and can stop it.",
        )
        self._timer.start()

    def stop(self) -> None:
        """The file is open, or could not be opened."""
        self._timer.stop()
