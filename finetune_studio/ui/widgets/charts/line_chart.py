"""Lines over steps: loss and accuracy while a model trains."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.charts.base import Chart, Table
from finetune_studio.ui.widgets.charts.scale import Scale, nice_ticks, tick_text, value_text


@dataclass(frozen=True, slots=True)
class Series:
    """One line: `xs` rising, `ys` of the same length; values that are not finite leave a gap."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    tone: str = "accent"


class LineChart(Chart):
    """Left and Right (and the mouse) move along the steps; the box says the values there."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._series: tuple[Series, ...] = ()
        self._x_max: float | None = None
        self._steps: list[float] = []
        self._whole_steps = False
        self._current = -1
        self._hover_x: float | None = None
        self._from_zero = True

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these lines; an empty one is kept in the legend."""
        self._series = tuple(series)
        self._steps = sorted({x for line in self._series for x in line.xs})
        self._whole_steps = all(float(step).is_integer() for step in self._steps)
        self._current = min(self._current, len(self._steps) - 1)
        self.update()

    def set_axes(
        self, x_title: str = "", y_title: str = "", x_max: float | None = None, from_zero: bool = True
    ) -> None:
        """`x_max` shows how far it will go (all steps of a job); `from_zero` starts the y axis at 0."""
        self._x_title, self._y_title, self._x_max, self._from_zero = x_title, y_title, x_max, from_zero
        self.update()

    def table(self) -> Table:
        columns = [dict(zip(line.xs, line.ys, strict=True)) for line in self._series]
        headers = [self._x_title or "Step", *(line.name for line in self._series)]
        rows = [
            [value_text(step), *(value_text(column[step]) if step in column else "" for column in columns)]
            for step in self._steps
        ]
        return headers, rows

    def current_text(self) -> str:
        if not 0 <= self._current < len(self._steps):
            return ""
        step = self._steps[self._current]
        return ", ".join([f"{self._x_title or 'Step'} {value_text(step)}", *self._values_at(step)])

    def _values_at(self, step: float) -> list[str]:
        texts = []
        for line in self._series:
            place = bisect_left(line.xs, step)
            if place < len(line.xs) and line.xs[place] == step:
                texts.append(f"{line.name} {value_text(line.ys[place])}")
        return texts

    def _geometry(self) -> tuple[QRectF, Scale, Scale, list[float], list[float]]:
        ys = [y for line in self._series for y in line.ys if math.isfinite(y)]
        low = 0.0 if self._from_zero else min(ys, default=0.0)
        y_ticks = nice_ticks(min(low, min(ys, default=0.0)), max(ys, default=1.0), wanted=5)
        last = max(self._x_max or 0.0, self._steps[-1] if self._steps else 1.0)
        first = min(0.0, self._steps[0] if self._steps else 0.0)
        wanted = max(4, self.width() // 130)
        x_ticks = [tick for tick in nice_ticks(first, last, wanted, self._whole_steps) if tick <= last]
        plot = self._plot_rect([tick_text(tick, y_ticks) for tick in y_ticks], legend=True)
        x = Scale(first, last, plot.left(), plot.right())
        y = Scale(y_ticks[0], y_ticks[-1], plot.bottom(), plot.top())
        return plot, x, y, x_ticks, y_ticks

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._steps:
            self._paint_empty(painter)
            self._paint_focus(painter)
            return
        plot, x, y, x_ticks, y_ticks = self._geometry()
        self._paint_frame(painter, plot, y, y_ticks)
        painter.setPen(color("secondary"))
        for tick in x_ticks:
            self._paint_x_label(painter, plot, x.pixel(tick), tick_text(tick, x_ticks))
        for line in self._series:
            self._paint_line(painter, line, x, y)
        self._paint_legend(painter)
        step = self._shown_step(x)
        if step is not None:
            self._paint_values(painter, plot, x, y, step)
        self._paint_focus(painter)

    def _paint_line(self, painter: QPainter, line: Series, x: Scale, y: Scale) -> None:
        ink = color(line.tone)
        painter.setPen(
            QPen(ink, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for run in _runs(line, x, y):
            if len(run) == 1:
                painter.setBrush(ink)
                painter.drawEllipse(run[0], 2, 2)
            else:
                painter.drawPolyline(QPolygonF(run))

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(ui_font("label"))
        metrics = QFontMetrics(painter.font())
        right = float(self.width() - 10)
        for line in reversed(self._series):
            width = metrics.horizontalAdvance(line.name)
            painter.setPen(color("secondary"))
            painter.drawText(
                QRectF(right - width, 2, width + 2, 18), Qt.AlignmentFlag.AlignVCenter, line.name
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(line.tone))
            painter.drawEllipse(QPointF(right - width - 10, 11), 4, 4)
            right -= width + 34

    def _shown_step(self, x: Scale) -> float | None:
        if self._hover_x is not None:
            wanted = x.value(self._hover_x)
            place = bisect_left(self._steps, wanted)
            near = self._steps[max(0, place - 1) : place + 1]
            return min(near, key=lambda step: abs(step - wanted))
        if self.hasFocus() and 0 <= self._current < len(self._steps):
            return self._steps[self._current]
        return None

    def _paint_values(self, painter: QPainter, plot: QRectF, x: Scale, y: Scale, step: float) -> None:
        at = x.pixel(step)
        painter.setPen(QPen(color("line_strong"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(at, plot.top()), QPointF(at, plot.bottom()))
        lines: list[tuple[str, QColor | None]] = [(f"{self._x_title or 'Step'} {value_text(step)}", None)]
        for line in self._series:
            place = bisect_left(line.xs, step)
            if place >= len(line.xs) or line.xs[place] != step or not math.isfinite(line.ys[place]):
                continue
            painter.setPen(QPen(color("raised"), 2))
            painter.setBrush(color(line.tone))
            painter.drawEllipse(QPointF(at, y.pixel(line.ys[place])), 4.5, 4.5)
            lines.append((f"{line.name} {value_text(line.ys[place])}", color(line.tone)))
        self._paint_box(painter, plot, at, lines)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_x = event.position().x()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_x = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._steps) - 1
        places = {
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() not in places or not self._steps:
            super().keyPressEvent(event)
            return
        self._current = places[Qt.Key(event.key())]
        self._hover_x = None
        self._announce()
        self.update()


def _runs(line: Series, x: Scale, y: Scale) -> list[list[QPointF]]:
    """The points of a line in pixels, cut at gaps, thinned to the lowest and highest of each pixel column."""
    runs: list[list[QPointF]] = [[]]
    column: tuple[int, list[QPointF]] = (-1, [])
    for step, value in zip(line.xs, line.ys, strict=True):
        if not math.isfinite(value):
            runs[-1].extend(_thin(column[1]))
            column = (-1, [])
            runs.append([])
            continue
        point = QPointF(x.pixel(step), y.pixel(value))
        if int(point.x()) != column[0]:
            runs[-1].extend(_thin(column[1]))
            column = (int(point.x()), [])
        column[1].append(point)
    runs[-1].extend(_thin(column[1]))
    return [run for run in runs if run]


def _thin(points: list[QPointF]) -> list[QPointF]:
    if len(points) <= 2:
        return points
    ordered = sorted(points, key=lambda point: point.y())
    return sorted((ordered[0], ordered[-1]), key=lambda point: point.x())
