"""A chart on a card, with the same numbers as a table behind a toggle."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTableView, QWidget

from finetune_studio.ui.widgets.buttons import IconButton
from finetune_studio.ui.widgets.charts.base import Chart, Table
from finetune_studio.ui.widgets.charts.copying import copy_csv, copy_image
from finetune_studio.ui.widgets.containers import Card
from finetune_studio.ui.widgets.labels import ElidedLabel

Index = QModelIndex | QPersistentModelIndex


_LEAST_NAME = 160
_NUMBERS = 260
"""Pixels that stay for the numbers beside long names."""


class TableModel(QAbstractTableModel):
    """Headers and rows of text."""

    def __init__(self, table: Table = ([], []), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers, self._rows = table

    def set_table(self, table: Table) -> None:
        self.beginResetModel()
        self._headers, self._rows = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() > 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headers[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def plain_table(
    name: str, model: QAbstractTableModel | None = None, parent: QWidget | None = None
) -> QTableView:
    """A table view in the look of the app: no grid, no row numbers, whole rows."""
    view = QTableView(parent)
    view.setAccessibleName(name)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(30)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setStretchLastSection(True)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)
    if model is not None:
        view.setModel(model)
    return view


class ChartCard(Card):
    """`title` above, the chart below; the table button shows its numbers instead. `copied(what)` when the
    clipboard has it."""

    copied = Signal(str)

    def __init__(self, title: str, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(spacing=6, margin=14, parent=parent)
        self.chart = chart
        self.title = ElidedLabel(title, type="strong")
        self.table_button = IconButton("table-2", "Show the numbers as a table", checkable=True)
        self.table_button.toggled.connect(self._on_table_toggled)
        top = QHBoxLayout()
        self.copy_image_button = IconButton("image", "Copy as an image")
        self.copy_csv_button = IconButton("copy", "Copy the numbers as CSV")
        self.copy_image_button.clicked.connect(self._on_copy_image)
        self.copy_csv_button.clicked.connect(self._on_copy_csv)
        top.setSpacing(2)
        top.addWidget(self.title, 1)
        top.addWidget(self.copy_image_button)
        top.addWidget(self.copy_csv_button)
        top.addWidget(self.table_button)
        self.body.addLayout(top)
        self._model = TableModel(parent=self)
        self._table: QTableView | None = None
        self._stack = QStackedWidget(self)
        self._stack.addWidget(chart)
        self.body.addWidget(self._stack, 1)

    @property
    def table(self) -> QTableView:
        """The numbers; made when they are first asked for, as most charts are only looked at."""
        if self._table is None:
            self._table = plain_table(self.title.full_text(), self._model, self._stack)
            self._table.setProperty("panel", "clear")
            self._stack.addWidget(self._table)
        return self._table

    def set_content_height(self, height: int) -> None:
        """Give the chart, and the table in its place, just this height."""
        self._stack.setFixedHeight(height)

    def refresh_table(self) -> None:
        """Call after the chart got new numbers, when the table may be shown."""
        if self.table_button.isChecked():
            self._model.set_table(self.chart.table())

    @Slot()
    def _on_copy_image(self) -> None:
        copy_image(self.chart, self.title.full_text())
        self.copied.emit("Image copied")

    @Slot()
    def _on_copy_csv(self) -> None:
        copy_csv(self.chart)
        self.copied.emit("Numbers copied as CSV")

    @Slot(bool)
    def _on_table_toggled(self, shown: bool) -> None:
        if shown:
            self._model.set_table(self.chart.table())
            self.table.resizeColumnsToContents()
            widest = max(_LEAST_NAME, self._stack.width() - _NUMBERS)
            self.table.setColumnWidth(0, min(self.table.columnWidth(0), widest))
        self._stack.setCurrentWidget(self.table if shown else self.chart)
