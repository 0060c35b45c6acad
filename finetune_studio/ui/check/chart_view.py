"""The views of the middle that show charts: one chart with its statistics, and the overview of all."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.ui.check.chart_data import ROWS, WITH_TABLE, ChartData, StatisticsTable
from finetune_studio.ui.check.chart_panel import ChartPanel
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.row_panel import RowPanel
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import Button, Card, Label
from finetune_studio.ui.widgets.charts import TableModel, plain_table

_HINT = "Choose a bar to see its examples."
TABLE_ROWS = 5
"""Measures in the table of lengths."""


class ChartView(QWidget):
    """One chart, large, with a table of statistics where there is one."""

    filter_requested = Signal(str)
    measure_chosen = Signal(str)
    export_requested = Signal(str)
    more_requested = Signal(object)
    split_requested = Signal()
    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = Heading(fact=_HINT)
        self.title, self.facts = self._head.title, self._head.fact
        self.split = Button("Split the dataset…", icon_name="split", parent=self)
        self.split.hide()
        self._column = SteadyColumn(spacing=12, fills=True, parent=self)
        ground = self._column.widget()
        self.plain = ChartPanel("Chart", parent=ground)
        self.length = ChartPanel("Length", with_measures=True, parent=ground)
        self.rows = RowPanel("Chart", ground)
        self.table_card = Card(spacing=8, margin=14, parent=ground)
        self.export = Button("Export as CSV…", icon_name="download", parent=self.table_card)
        self.table_model = TableModel(parent=self)
        self.table = plain_table("Statistics", self.table_model, self.table_card)
        self.table.setProperty("panel", "clear")
        self.table.setProperty("dense", True)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.counting = Label("Counting", type="secondary", parent=self.table_card)
        self._key = "length"
        self._table_key = ""
        self.table_card.hide()
        self._lay_out()
        for panel in (self.plain, self.length, self.rows):
            panel.filter_requested.connect(self.filter_requested)
            panel.copied.connect(self.copied)
        self.rows.more_requested.connect(self.more_requested)
        self.length.measure_chosen.connect(self.measure_chosen)
        self.export.clicked.connect(self._on_export)
        self.split.clicked.connect(self.split_requested)

    def _lay_out(self) -> None:
        self._head.add_buttons(self.split)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(Label("Statistics", type="strong"))
        top.addWidget(self.counting)
        top.addStretch(1)
        top.addWidget(self.export)
        self.table_card.body.addLayout(top)
        self.table_card.body.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(self._head)
        body = self._column.body
        body.addWidget(self.plain, 100)
        body.addWidget(self.length, 100)
        body.addWidget(self.rows)
        body.addWidget(self.table_card)
        body.addStretch(1)
        layout.addWidget(self._column, 1)
        for panel in (self.plain, self.length):
            panel.setMaximumHeight(520)
            panel.setMinimumHeight(260)

    def show_data(self, title: str, data: ChartData) -> None:
        """Show a chart."""
        self._key = data.key
        self.title.setText(title)
        self.facts.setText(f"Shares are of {data.chart.of}. {_HINT}" if data.chart.of else _HINT)
        self.split.setVisible(data.key == "splits")
        shown = self.panel()
        for panel in (self.length, self.plain, self.rows):
            panel.setVisible(panel is shown)
        shown.show_data(data)
        self.table_card.setVisible(data.key in WITH_TABLE)
        if data.key != self._table_key:  # the room is kept while the numbers are counted
            self.counting.show()
            self.table_model.set_table(([], []))
            self._set_table_height(len(data.chart.bars) if data.key == "roles" else TABLE_ROWS)

    def show_table(self, table: StatisticsTable) -> None:
        """Show the statistics below the chart."""
        self._table_key = table.key
        self.counting.hide()
        self.table_model.set_table((table.headers, table.rows))
        self._fit_columns()
        self._set_table_height(len(table.rows))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """The names of the measures take the room that the numbers leave."""
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.resizeColumnsToContents()
        if (spare := self.table.viewport().width() - self.table.horizontalHeader().length()) > 0:
            self.table.setColumnWidth(0, self.table.columnWidth(0) + spare)

    def _set_table_height(self, rows: int) -> None:
        header = max(self.table.horizontalHeader().sizeHint().height(), 30)
        self.table.setFixedHeight(header + 30 * rows + SCROLL_BAR)

    def panel(self) -> ChartPanel | RowPanel:
        """The chart in front."""
        if self._key in ROWS:
            return self.rows
        return self.length if self._key == "length" else self.plain

    @Slot()
    def _on_export(self) -> None:
        self.export_requested.emit(self._key)


class Overview(QWidget):
    """Length above; turns and roles below. `more_requested(key)` opens one chart."""

    filter_requested = Signal(str)
    measure_chosen = Signal(str)
    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        head = Heading("Overview")
        self.facts = head.fact
        self._scroll = SteadyColumn(spacing=12, fills=True, parent=self)
        ground = self._scroll.widget()
        self.length = ChartPanel("Tokens per example", with_measures=True, parent=ground)
        self.turns = ChartPanel("Turns per example", parent=ground)
        self.roles = ChartPanel("Tokens by role", parent=ground)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.turns, 1)
        pair.addWidget(self.roles, 1)
        self._scroll.body.addWidget(self.length, 3)
        self._scroll.body.addLayout(pair, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        for panel in (self.length, self.turns, self.roles):
            panel.filter_requested.connect(self.filter_requested)
            panel.copied.connect(self.copied)
            panel.setMaximumHeight(440)
            panel.setMinimumHeight(220)
        self.length.measure_chosen.connect(self.measure_chosen)

    def show_data(self, charts: Mapping[str, ChartData], facts: str) -> None:
        """Show all three."""
        self.facts.setText(facts)
        for key, panel in (("length", self.length), ("turns", self.turns), ("roles", self.roles)):
            if key in charts:
                panel.show_data(charts[key])
