"""What both charts share: the plot area, gridlines, the value box, the focus frame."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.charts.scale import Scale, tick_text

Table = tuple[list[str], list[list[str]]]
"""headers, rows: the numbers of a chart as text."""


class Chart(QWidget):
    """A painted chart with one current point; subclasses paint the data and say what is current."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._x_title = ""
        self._y_title = ""

    def sizeHint(self) -> QSize:
        return QSize(520, 240)

    def table(self) -> Table:
        """The same numbers as a table."""
        raise AssertionError("every chart has a table")

    def exported_table(self) -> Table:
        """The numbers for a file: no name is cut."""
        return self.table()

    def picture_height(self) -> int:
        """How much of the chart is on a copied picture."""
        return self.height()

    def current_text(self) -> str:
        """The current point in words, or an empty text."""
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def _announce(self) -> None:
        """Tell screen readers what is current now."""
        self.setAccessibleDescription(self.current_text())
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _plot_rect(self, y_labels: Sequence[str], legend: bool = False) -> QRectF:
        metrics = QFontMetrics(ui_font("label"))
        left = max((metrics.horizontalAdvance(text) for text in y_labels), default=10) + 14
        top = 14 + (16 if self._y_title else 0) + (20 if legend else 0)
        bottom = 26 + (18 if self._x_title else 0)
        return QRectF(left, top, max(10, self.width() - left - 10), max(10, self.height() - top - bottom))

    def _paint_frame(self, painter: QPainter, plot: QRectF, y: Scale, ticks: Sequence[float]) -> None:
        """Gridlines with their numbers, and the titles of the axes."""
        painter.setFont(ui_font("label"))
        for tick in ticks:
            at = round(y.pixel(tick)) + 0.5
            painter.setPen(QPen(color("line"), 1))
            painter.drawLine(QPointF(plot.left(), at), QPointF(plot.right(), at))
            painter.setPen(color("secondary"))
            place = QRectF(0, at - 9, plot.left() - 8, 18)
            painter.drawText(place, _RIGHT, tick_text(tick, ticks))
        if self._y_title:
            painter.drawText(QRectF(0, 0, self.width(), 18), _LEFT, self._y_title)
        if self._x_title:
            place = QRectF(plot.left(), self.height() - 18, plot.width(), 18)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._x_title)

    def _paint_x_label(self, painter: QPainter, plot: QRectF, x: float, text: str) -> None:
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 4
        left = min(max(x - width / 2, 0), self.width() - width)
        painter.drawText(QRectF(left, plot.bottom() + 6, width, 18), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_box(
        self, painter: QPainter, plot: QRectF, x: float, lines: Sequence[tuple[str, QColor | None]]
    ) -> None:
        """A small box with values beside `x`; each line may have a dot of a colour."""
        font = ui_font("small")
        metrics = QFontMetrics(font)
        dot = 14 if any(ink is not None for _text, ink in lines) else 0
        width = max(metrics.horizontalAdvance(text) for text, _ink in lines) + 20 + dot
        height = len(lines) * 18 + 10
        left = x + 12 if x + 12 + width < plot.right() else x - 12 - width
        box = QRectF(max(2.0, left), plot.top() + 4, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("tooltip"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(font)
        y = box.top() + 5
        for text, ink in lines:
            if ink is not None:
                painter.setPen(QPen(color("on_tooltip"), 1))
                painter.setBrush(ink)
                painter.drawEllipse(QPointF(box.left() + 14, y + 9), 4, 4)
            painter.setPen(color("on_tooltip"))
            painter.drawText(QRectF(box.left() + 10 + dot, y, width, 18), _LEFT, text)
            y += 18

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setFont(ui_font("body"))
        painter.setPen(color("secondary"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No numbers yet")

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setPen(QPen(color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
