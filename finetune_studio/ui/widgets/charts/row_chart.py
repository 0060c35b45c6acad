"""Bars that lie: classes with long names, the largest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.charts.bars import BarsChart
from finetune_studio.ui.widgets.charts.base import Table
from finetune_studio.ui.widgets.charts.scale import value_text
from finetune_studio.ui.widgets.labels import plain_tooltip

ROW = 30
_BAR = 14
_MOST_TOLD = 1_200
"""Characters of a name in a tooltip."""
_ONE_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class RowBar:
    """`key` comes back with the signals, None for a bar that leads nowhere. `parts` are (name, value, tone)
    of stretches within the bar, from its left. `whole` is the text that `label` shows a part of."""

    label: str
    value: float
    key: object = None
    parts: tuple[tuple[str, float, str], ...] = ()
    tone: str = "accent"
    whole: str = ""

    @property
    def text(self) -> str:
        """All that it stands for."""
        return self.whole or self.label


class RowChart(BarsChart):
    """`menu_requested(number, place)` asks what else can be done with a row."""

    menu_requested = Signal(int, QPoint)
    _forward = Qt.Key.Key_Down
    _back = Qt.Key.Key_Up

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._bars: tuple[RowBar, ...] = ()

    def set_bars(self, bars: Sequence[RowBar], x_title: str = "") -> None:
        """Show other rows."""
        self._bars = tuple(bars)
        self._x_title = x_title
        self._keep_current()
        self.setMinimumHeight(max(72, self._top() + ROW * len(self._bars) + 6))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(520, self.minimumHeight())

    def picture_height(self) -> int:
        return self._top() + ROW * len(self._bars)

    def table(self) -> Table:
        return self._table([bar.label for bar in self._bars])

    def exported_table(self) -> Table:
        return self._table([bar.text for bar in self._bars])

    def _table(self, labels: Sequence[str]) -> Table:
        names = list(dict.fromkeys(name for bar in self._bars for name, _, _ in bar.parts))
        headers = [self._x_title or "Class", "Count", "Share", *(name.capitalize() for name in names)]
        rows = []
        for label, bar in zip(labels, self._bars, strict=True):
            own = {name: value for name, value, _ in bar.parts}
            parts = [value_text(own.get(name, 0)) for name in names]
            rows.append([label, value_text(bar.value), self._share(bar), *parts])
        return headers, rows

    def current_text(self) -> str:
        return self._text_of(self._bars[self._current]) if 0 <= self._current < len(self._bars) else ""

    def _text_of(self, bar: RowBar) -> str:
        parts = "".join(f", {name} {value_text(value)}" for name, value, _ in bar.parts)
        text = bar.text if len(bar.text) <= _MOST_TOLD else f"{bar.text[:_MOST_TOLD]}…"
        return f"{text}: {value_text(bar.value)} ({self._share(bar)}){parts}"

    def _share(self, bar: RowBar) -> str:
        whole = sum(each.value for each in self._bars)
        return f"{bar.value / whole * 100:.1f} %" if whole else ""

    def _legend(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((name, tone) for bar in self._bars for name, _, tone in bar.parts))

    def _top(self) -> int:
        return 28 if self._legend() else 4

    def _row_at(self, y: float) -> int:
        row = int((y - self._top()) // ROW)
        return row if 0 <= row < len(self._bars) and y >= self._top() else -1

    def _all_bars(self) -> Sequence[RowBar]:
        return self._bars

    def _number_at(self, place: QPointF) -> int:
        return self._row_at(place.y())

    def _label_width(self) -> int:
        metrics = QFontMetrics(ui_font("body"))
        widest = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=40)
        return int(min(widest + 4, self.width() * 0.42))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._bars:
            self._paint_empty(painter)
            return
        self._paint_legend(painter)
        labels = self._label_width()
        font = ui_font("body")
        metrics = QFontMetrics(font)
        numbers = [f"{value_text(bar.value)}  {self._share(bar)}" for bar in self._bars]
        count_width = max(map(metrics.horizontalAdvance, numbers)) + 4
        left = labels + 22
        room = max(20, self.width() - left - count_width - 20)
        leading = [bar.value for bar in self._bars if bar.key is not None]
        top_value = max(leading or [bar.value for bar in self._bars]) or 1
        for number, bar in enumerate(self._bars):
            y = self._top() + number * ROW
            lit = number == self._hover or (self.hasFocus() and number == self._current)
            if lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color("hover"))
                painter.drawRoundedRect(QRectF(0, y + 1, self.width(), ROW - 2), 6, 6)
            painter.setFont(font)
            painter.setPen(color("text" if bar.key is not None else "secondary"))
            shown = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, labels)
            painter.drawText(QRectF(10, y, labels, ROW), _ONE_LINE, shown)
            self._paint_bar(painter, bar, left, y, min(1.0, bar.value / top_value) * room)
            painter.setFont(ui_font("body", QFont.Weight.Normal))
            painter.setPen(color("secondary"))
            place = QRectF(self.width() - count_width - 10, y, count_width, ROW)
            painter.drawText(place, _ONE_LINE | Qt.AlignmentFlag.AlignRight, numbers[number])
            if self.hasFocus() and number == self._current:
                painter.setPen(QPen(color("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(1, y + 2, self.width() - 2, ROW - 4), 6, 6)
        if self._current < 0:
            self._paint_focus(painter)

    @staticmethod
    def _paint_bar(painter: QPainter, bar: RowBar, left: float, y: float, width: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        body = QRectF(left, y + (ROW - _BAR) / 2, max(width, 2.0 if bar.value else 0.0), _BAR)
        painter.setBrush(color(bar.tone))
        painter.drawRoundedRect(body, 3, 3)
        at = body.left()
        for _, value, tone in bar.parts:
            part = body.width() * value / bar.value if bar.value else 0
            painter.setBrush(color(tone))
            painter.drawRect(QRectF(at, body.top(), part, _BAR))
            at += part

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(ui_font("label"))
        metrics = QFontMetrics(painter.font())
        x = 10.0
        for name, tone in self._legend():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(tone))
            painter.drawRoundedRect(QRectF(x, 6, 10, 10), 2, 2)
            painter.setPen(color("secondary"))
            width = metrics.horizontalAdvance(name)
            painter.drawText(QRectF(x + 16, 2, width + 2, 18), _ONE_LINE, name)
            x += width + 38

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._row_at(event.pos().y())
            text = self._text_of(self._bars[number]) if number >= 0 else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().event(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        number = self._current if by_key else self._row_at(event.pos().y())
        if number < 0:
            return
        place = event.globalPos()
        if by_key:
            place = self.mapToGlobal(QPoint(self._label_width(), self._top() + ROW * number + ROW // 2))
        self._current = number
        self.update()
        self.menu_requested.emit(number, place)
