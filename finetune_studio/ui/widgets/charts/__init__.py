"""Charts painted with QPainter in tokens."""

from finetune_studio.ui.widgets.charts.bar_chart import Bar, BarChart
from finetune_studio.ui.widgets.charts.chart_card import ChartCard, TableModel, plain_table
from finetune_studio.ui.widgets.charts.line_chart import LineChart, Series

__all__ = ["Bar", "BarChart", "ChartCard", "LineChart", "Series", "TableModel", "plain_table"]
