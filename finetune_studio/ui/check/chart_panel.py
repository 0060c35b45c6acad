"""A chart card of page Check: bars that lead to their examples."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_studio.ui.check.chart_data import ChartData, bar_edges, mark_position
from finetune_studio.ui.widgets import FittingChoice
from finetune_studio.ui.widgets.charts import Bar, BarChart, ChartCard
from finetune_studio.workspace.queries.charts import MEASURES

_ROLE_TONES = {
    "system": "role_system",
    "developer": "role_developer",
    "user": "role_user",
    "assistant": "role_assistant",
    "tool": "role_tool",
    "function": "role_tool",
}
_STATUS_TONES = {"is:approved": "success", "is:rejected": "error", "is:to-review": "warning"}


class ChartPanel(ChartCard):
    """`filter_requested(query)` when a bar is chosen; `measure_chosen(name)` when there is a choice of it."""

    filter_requested = Signal(str)
    measure_chosen = Signal(str)

    def __init__(self, title: str, with_measures: bool = False, parent: QWidget | None = None) -> None:
        self.bars = BarChart(title)
        super().__init__(title, self.bars, parent)
        self.data: ChartData | None = None
        self.bars.bar_activated.connect(self._on_bar_activated)
        self.measures: FittingChoice | None = None
        if with_measures:
            self.measures = FittingChoice([(key, text) for key, text, _ in MEASURES], "Measure")
            self.measures.chosen.connect(self.measure_chosen)
            head = self.body.itemAt(0)
            if head is not None and isinstance(layout := head.layout(), QHBoxLayout):
                layout.insertWidget(0, self.measures)
                layout.insertStretch(1, 1)
            self.title.hide()

    def show_data(self, data: ChartData) -> None:
        """Show other numbers."""
        self.data = data
        if self.measures is not None and data.measure:
            self.measures.set_current(data.measure)
        chart = data.chart
        self.title.setText(chart.title)
        bars = []
        for bar in chart.bars:
            edges = bar_edges(bar)
            is_bin = edges is not None and data.key == "length"
            label = f"{edges[0]:,}{'+' if edges[1] is None else ''}" if is_bin and edges else bar.label
            if not is_bin and bar.label.isalpha():
                label = bar.label.capitalize()
            unit = {"length": "tokens", "turns": "turns"}.get(data.key, "")
            unit = "messages" if data.measure == "messages" else unit
            name = f"{bar.label} {unit.removesuffix('s') if bar.label == '1' else unit}".strip()
            tone = _ROLE_TONES.get(bar.color_role) or _STATUS_TONES.get(bar.query, "accent")
            bars.append(Bar(label, bar.count, bar.query, name, tone))
        self.bars.set_data(bars, "" if self.measures is None else chart.title)
        self._mark(data)
        self.refresh_table()

    def _mark(self, data: ChartData) -> None:
        marks = dict(data.chart.marks)
        position = mark_position(data.chart, marks["median"]) if "median" in marks else None
        text = f"half have {marks['median']:,.0f} or fewer" if position is not None else ""
        self.bars.set_threshold(position, text, "secondary")

    @Slot(object)
    def _on_bar_activated(self, query: object) -> None:
        if query:
            self.filter_requested.emit(str(query))
