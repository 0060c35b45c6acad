"""Paints one finding: where it is, what it says, and the text with the exact characters marked."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from finetune_studio.ui.check.finding_rows import FindingRow
from finetune_studio.ui.check.findings_model import FindingsModel
from finetune_studio.ui.check.marked_text import mark_formats
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import plain_tooltip
from finetune_studio.ui.widgets.badge import SEVERITY_ICONS, badge_size, paint_badge

PLAIN_HEIGHT = 68
"""Title and message, with the gap below."""
TEXT_HEIGHT = 96
"""With the line of text."""
LINE = 20
MOST_LINES = 6
"""Of a message, where only few findings are shown."""
GAP = 8
_PAD = 14
_TEXT_AT = 40
_ONE_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class FindingsDelegate(QStyledItemDelegate):
    """`has_text` says that the findings shown mark characters: rows are one line taller then. `has_code` that
    they are of several rules: each row names its rule. `lines` is how many lines a message may take."""

    def __init__(self, model: FindingsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.has_text = False
        self.has_code = False
        self.lines = 1

    @property
    def row_height(self) -> int:
        return (TEXT_HEIGHT if self.has_text else PLAIN_HEIGHT) + (self.lines - 1) * LINE

    @staticmethod
    def lines_for(message: str, width: int) -> int:
        """How many lines a message takes in rows of a width; at most MOST_LINES."""
        room = max(40, width - SCROLL_BAR - _TEXT_AT - _PAD)
        return max(1, min(MOST_LINES, _laid_out(message, room).lineCount()))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.row_at(index.row())
        area: QRect = option.rect.adjusted(0, 0, 0, -GAP)
        whole = option.widget.width() if option.widget is not None else area.width()
        area.setWidth(min(area.width(), whole - SCROLL_BAR))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, area)
        if self.has_text and not row.snippet.text:  # two lines stand in the middle of the room of three
            area.translate(0, (TEXT_HEIGHT - PLAIN_HEIGHT) // 2)
        name, token = SEVERITY_ICONS[row.severity.value]
        ratio = painter.device().devicePixelRatioF()
        pixmap = icon_pixmap(name, token, 16, ratio, "raised")
        painter.drawPixmap(QPointF(area.left() + _PAD, area.top() + 13), pixmap)
        left, width = area.left() + _TEXT_AT, area.width() - _TEXT_AT - _PAD
        title_width = width
        if self.has_code and row.code:
            badge = badge_size(row.code).width()
            place = QRectF(left + width - badge, area.top() + 11, badge, 20)
            paint_badge(painter, place, row.code, row.severity.value)
            title_width -= badge + 10
        self._paint_title(painter, QRect(left, area.top() + 11, title_width, 20), row)
        painter.setFont(ui_font("body"))
        painter.setPen(color("text"))
        self._paint_message(painter, QRect(left, area.top() + 32, width, LINE * self.lines), row.message)
        if self.has_text:
            below = area.top() + 57 + (self.lines - 1) * LINE
            self._paint_text(painter, QRect(left, below, width, 22), row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        state: QStyle.StateFlag = option.state
        body = QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QPen(color("accent" if chosen else "line_strong" if over else "line"), 1))
        painter.setBrush(color("raised"))
        painter.drawRoundedRect(body, 9, 9)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("accent"), 2))
            painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)

    def _paint_message(self, painter: QPainter, place: QRect, message: str) -> None:
        if self.lines == 1:
            painter.drawText(place, _ONE_LINE, _cut(painter.font(), message, place.width()))
            return
        layout = _laid_out(message, place.width())
        lead = (LINE - QFontMetrics(layout.font()).height()) / 2
        for number in range(min(self.lines, layout.lineCount())):
            line = layout.lineAt(number)
            line.draw(painter, QPointF(place.left(), place.top() + number * LINE + lead - line.y()))

    @staticmethod
    def _paint_title(painter: QPainter, line: QRect, row: FindingRow) -> None:
        font = ui_font("body", QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(color("text"))
        painter.drawText(line, _ONE_LINE, row.title)
        used = QFontMetrics(font).horizontalAdvance(row.title) + 10
        rest = line.adjusted(used, 0, 0, 0)
        painter.setFont(ui_font("small"))
        painter.setPen(color("secondary"))
        painter.drawText(rest, _ONE_LINE, _cut(painter.font(), row.about, rest.width()))

    @staticmethod
    def _paint_text(painter: QPainter, line: QRect, row: FindingRow) -> None:
        """The stretch of text on a field ground; the marked characters in the severity's colours."""
        text = row.snippet.text
        if not text:
            return
        ground = QRectF(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("field"))
        painter.drawRoundedRect(ground, 5, 5)
        font = ui_font("small")
        metrics = QFontMetrics(font)
        room = line.width() - 16
        head, marked, tail = _fit(row, metrics, room)
        layout = QTextLayout(head + marked + tail, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        layout.createLine().setLineWidth(10_000)
        layout.endLayout()
        painter.setPen(color("secondary"))
        painter.setClipRect(ground)
        whole = head + marked + tail
        formats = mark_formats(whole, [(len(head), len(head) + len(marked))], "highlight")
        at = QPointF(line.left() + 8, line.top() + (line.height() - metrics.height()) / 2)
        layout.draw(painter, at, formats)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        row = self._model.row_at(index.row())
        lines = [part for part in (row.title, row.about, row.message) if part]
        QToolTip.showText(event.globalPos(), plain_tooltip("\n".join(lines)), view)
        return True


def _laid_out(message: str, width: int) -> QTextLayout:
    """A message in lines of a width."""
    layout = QTextLayout(message, ui_font("body"))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout


def _cut(font: QFont, text: str, width: int) -> str:
    return QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, max(10, width))


def _fit(row: FindingRow, metrics: QFontMetrics, room: int) -> tuple[str, str, str]:
    """Cut the text before the mark at its left until the mark is in sight, and the rest at its right."""
    snippet = row.snippet
    head, marked = snippet.text[: snippet.start], snippet.text[snippet.start : snippet.end]
    tail = snippet.text[snippet.end :]
    marked = metrics.elidedText(marked, Qt.TextElideMode.ElideMiddle, room)
    left = room - metrics.horizontalAdvance(marked)
    before = max(left // 2, left - metrics.horizontalAdvance(tail) - 2)
    head = metrics.elidedText(head, Qt.TextElideMode.ElideLeft, before) if before > 12 else ""
    tail_room = left - metrics.horizontalAdvance(head)
    tail = metrics.elidedText(tail, Qt.TextElideMode.ElideRight, tail_room) if tail_room > 12 else ""
    return head, marked, tail
