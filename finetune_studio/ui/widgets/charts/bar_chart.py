"""Bars: counts by class or by bin."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.charts.bars import BarsChart
from finetune_studio.ui.widgets.charts.base import Table
from finetune_studio.ui.widgets.charts.scale import Scale, label_step, nice_ticks, value_text


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands below the bar, `name` is the same in full ("10 to 14 tokens"); `key` comes back with the
    signal; `tone` is a colour token."""

    label: str
    value: float
    key: object = None
    name: str = ""
    tone: str = "accent"


class BarChart(BarsChart):
    """A click on a bar, or Return on the current one, emits `bar_activated(key)`."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bars: tuple[Bar, ...] = ()
        self._threshold: tuple[float, str, str] | None = None

    def set_data(self, bars: Sequence[Bar], x_title: str = "", y_title: str = "") -> None:
        self._bars = tuple(bars)
        self._x_title, self._y_title = x_title, y_title
        self._keep_current()
        self.update()

    def set_threshold(self, position: float | None, label: str = "", tone: str = "warning") -> None:
        """A dashed line at `position` in bars (2.0: before the third bar); None takes it away."""
        self._threshold = None if position is None else (position, label, tone)
        self.update()

    def table(self) -> Table:
        headers = [self._x_title or "Class", self._y_title or "Count"]
        return headers, [[bar.name or bar.label, value_text(bar.value)] for bar in self._bars]

    def current_text(self) -> str:
        if not 0 <= self._current < len(self._bars):
            return ""
        return self._text_of(self._bars[self._current])

    @staticmethod
    def _text_of(bar: Bar) -> str:
        return f"{bar.name or bar.label}: {value_text(bar.value)}"

    def _geometry(self) -> tuple[QRectF, Scale, list[float]]:
        top = max((bar.value for bar in self._bars), default=1.0)
        whole = all(float(bar.value).is_integer() for bar in self._bars)
        ticks = nice_ticks(0.0, max(top, 1e-9), wanted=4, whole=whole)
        plot = self._plot_rect([value_text(tick) for tick in ticks], legend=False)
        if self._threshold is not None:
            plot.setTop(plot.top() + 8)
        return plot, Scale(ticks[0], ticks[-1], plot.bottom(), plot.top()), ticks

    def _all_bars(self) -> Sequence[Bar]:
        return self._bars

    def _number_at(self, place: QPointF) -> int:
        x = place.x()
        plot, _y, _ticks = self._geometry()
        if not self._bars or not plot.left() <= x <= plot.right():
            return -1
        return min(len(self._bars) - 1, int((x - plot.left()) / (plot.width() / len(self._bars))))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._bars:
            self._paint_empty(painter)
            return
        plot, y, ticks = self._geometry()
        self._paint_frame(painter, plot, y, ticks)
        slot = plot.width() / len(self._bars)
        for number, bar in enumerate(self._bars):
            self._paint_bar(painter, plot, y, slot, number, bar)
        self._paint_labels(painter, plot, slot)
        self._paint_threshold(painter, plot, slot)
        shown = self._hover if self._hover >= 0 else self._current if self.hasFocus() else -1
        if 0 <= shown < len(self._bars):
            x = plot.left() + (shown + 0.5) * slot
            self._paint_box(painter, plot, x, [(self._text_of(self._bars[shown]), None)])
        self._paint_focus(painter)

    def _paint_bar(
        self, painter: QPainter, plot: QRectF, y: Scale, slot: float, number: int, bar: Bar
    ) -> None:
        if bar.value <= 0:
            return
        gap = min(4.0, slot * 0.2)
        width = min(slot - gap, 64.0)
        left = plot.left() + number * slot + (slot - width) / 2
        top = min(y.pixel(bar.value), plot.bottom() - 2)
        path = QPainterPath()
        radius = min(3.0, width / 2, (plot.bottom() - top) / 2)
        path.addRoundedRect(QRectF(left, top, width, plot.bottom() - top), radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        lit = number == self._hover or (self.hasFocus() and number == self._current)
        token = f"{bar.tone}_hover" if lit and bar.tone == "accent" else bar.tone
        painter.setBrush(color(token))
        painter.drawPath(path)
        if self.hasFocus() and number == self._current:
            painter.setPen(QPen(color("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)

    def _paint_labels(self, painter: QPainter, plot: QRectF, slot: float) -> None:
        painter.setFont(ui_font("label"))
        painter.setPen(color("secondary"))
        metrics = QFontMetrics(painter.font())
        step = label_step([metrics.horizontalAdvance(bar.label) for bar in self._bars], slot)
        for number in range(0, len(self._bars), step):
            x = plot.left() + (number + 0.5) * slot
            self._paint_x_label(painter, plot, x, self._bars[number].label)

    def _paint_threshold(self, painter: QPainter, plot: QRectF, slot: float) -> None:
        if self._threshold is None:
            return
        position, label, tone = self._threshold
        x = plot.left() + position * slot
        pen = QPen(color(tone), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(x, plot.top() - 14), QPointF(x, plot.bottom()))
        painter.setFont(ui_font("label"))
        painter.setPen(color(tone))
        width = QFontMetrics(painter.font()).horizontalAdvance(label) + 4
        left = x + 6 if x + 6 + width <= self.width() else x - 6 - width
        painter.drawText(QRectF(left, plot.top() - 19, width, 18), Qt.AlignmentFlag.AlignVCenter, label)
