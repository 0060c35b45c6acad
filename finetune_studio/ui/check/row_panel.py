"""A chart card of classes: rows that lead to their examples, and a new example for the rarest one."""

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from finetune_studio.ui.check.chart_data import ChartData
from finetune_studio.ui.widgets import Button, ElidedLabel
from finetune_studio.ui.widgets.charts import ChartCard, RowBar, RowChart
from finetune_studio.ui.widgets.charts.row_chart import ROW
from finetune_studio.workspace.queries.statistics import Bar, Chart

_NAME = 48
"""Characters of the name of a class in a sentence."""
_TONES = {"good": "success", "bad": "error"}


class RowPanel(ChartCard):
    """`filter_requested(query)` when a row is chosen; `more_requested(Bar)` for one more example like its."""

    filter_requested = Signal(str)
    more_requested = Signal(object)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        self.rows = RowChart(title)
        super().__init__(title, self.rows, parent)
        self.data: ChartData | None = None
        self._thin: Bar | None = None
        self._can_write = True
        self.thin_text = ElidedLabel(type="secondary")
        self.more = Button("Write one more like this", icon_name="plus")
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(10, 6, 0, 0)
        foot.setSpacing(12)
        foot.addWidget(self.thin_text, 1)
        foot.addWidget(self.more)
        self.body.addWidget(self._foot)
        self.menu = QMenu(self)
        self.rows.bar_activated.connect(self._on_bar_activated)
        self.rows.menu_requested.connect(self._on_menu_requested)
        self.more.clicked.connect(self._on_more)

    def set_writable(self, can_write: bool) -> None:
        """A dataset that is open for reading only takes no new examples."""
        self._can_write = can_write
        self._foot.setVisible(can_write and self._thin is not None)

    def show_data(self, data: ChartData) -> None:
        """Show other classes."""
        self.data = data
        chart = data.chart
        self.title.setText(chart.title)
        self.rows.set_bars(
            [
                RowBar(
                    bar.label,
                    bar.count,
                    bar.query or None,
                    tuple((name, count, _TONES.get(name, "accent")) for name, count in bar.parts),
                    "line_strong" if bar.parts or not bar.query else "accent",
                    bar.whole,
                )
                for bar in chart.bars
            ]
        )
        self.set_content_height(max(self.rows.minimumHeight(), ROW * (len(chart.bars) + 1) + 8))
        self._show_thin(*_thinnest(chart))
        self.set_writable(self._can_write)
        self.refresh_table()

    def _show_thin(self, thin: Bar | None, classes: int) -> None:
        """Offer to write one more of a class with the fewest; `classes` have as few."""
        self._thin = thin
        if thin is None:
            return
        name = thin.label if len(thin.label) <= _NAME else f"{thin.label[:_NAME]}…"
        text = f"“{name}” has the fewest: {thin.count:,}"
        if classes > 1:
            text = f"{classes:,} have the fewest ({thin.count:,}), such as “{name}”"
        self.thin_text.setText(text)
        self.more.setAccessibleName(f"Write one more like {name}")

    @Slot(object)
    def _on_bar_activated(self, query: object) -> None:
        self.filter_requested.emit(str(query))

    @Slot()
    def _on_more(self) -> None:
        if self._thin is not None:
            self.more_requested.emit(self._thin)

    @Slot(int, QPoint)
    def _on_menu_requested(self, number: int, place: QPoint) -> None:
        bar = self.data.chart.bars[number] if self.data is not None else Bar("", 0)
        self.menu.clear()
        for text, can, name in (
            ("Show its examples", bool(bar.query), "filter"),
            ("Write one more like this", bool(bar.more) and self._can_write, "more"),
            ("Copy the text", True, "copy"),
        ):
            action = self.menu.addAction(text)
            action.setEnabled(can)
            action.setData((name, bar))
            action.triggered.connect(self._on_menu_chosen)
        self.menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.menu.popup(place)

    @Slot()
    def _on_menu_chosen(self) -> None:
        action = self.sender()
        name, bar = action.data() if action is not None else ("", None)  # type: ignore[attr-defined]
        if name == "filter":
            self.filter_requested.emit(bar.query)
        elif name == "more":
            self.more_requested.emit(bar)
        elif name == "copy":
            QGuiApplication.clipboard().setText(bar.text)


def _thinnest(chart: Chart) -> tuple[Bar | None, int]:
    """A class with the fewest, and how many have as few; None where there is nothing to compare."""
    if chart.thin is not None:
        return chart.thin
    named = [bar for bar in chart.bars if bar.more and bar.query]
    if len(named) < 2:
        return None, 0
    thin = min(named, key=lambda bar: bar.count)
    return thin, sum(bar.count == thin.count for bar in named)
