"""Charts painted with QPainter in tokens."""

from finetune_studio.ui.widgets.charts.bar_chart import Bar, BarChart
from finetune_studio.ui.widgets.charts.chart_card import ChartCard, TableModel, plain_table
from finetune_studio.ui.widgets.charts.line_chart import LineChart, Series
from finetune_studio.ui.widgets.charts.row_chart import RowBar, RowChart

__all__ = [
    "Bar",
    "BarChart",
    "ChartCard",
    "LineChart",
    "RowBar",
    "RowChart",
    "Series",
    "TableModel",
    "plain_table",
]
