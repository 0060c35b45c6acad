"""Paints one row of the example list: state, title, preview, tokens, findings."""

from collections.abc import Callable
from typing import Protocol

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
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.models.example_list_model import STATUS_WORDS, title_of_row
from finetune_studio.ui.models.id_list import Heading
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import plain_tooltip
from finetune_studio.ui.widgets.badge import badge_size, paint_badge
from finetune_studio.workspace.queries.examples import ListRow

ROW_HEIGHT = 64
_MARGIN = 8
_DOT_AT = 22
_TEXT_AT = 36
_RIGHT = 20
_ONE_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter

STATUS_TOKENS = {
    ReviewState.DRAFT: "faint",
    ReviewState.TO_REVIEW: "warning",
    ReviewState.APPROVED: "success",
    ReviewState.REJECTED: "error",
}


def _no_heading(_number: int) -> Heading | None:
    """For a list without groups."""
    return None


class RowSource(Protocol):
    """What the delegate asks of the model."""

    def row_at(self, number: int) -> ListRow | None: ...


class ExampleDelegate(QStyledItemDelegate):
    """`select_all` paints every row as selected: one flag in place of a million selected rows."""

    def __init__(
        self,
        rows: RowSource,
        parent: QObject | None = None,
        heading_at: Callable[[int], Heading | None] = _no_heading,
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._heading_at = heading_at
        self.select_all = False
        self._title_font = ui_font("body", QFont.Weight.DemiBold)
        self._small_font = ui_font("small")
        self._title_metrics = QFontMetrics(self._title_font)
        self._small_metrics = QFontMetrics(self._small_font)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        heading = self._heading_at(index.row())
        if heading is not None:
            self.paint_heading(painter, option, heading)
            return
        row = self._rows.row_at(index.row())
        if row is None:
            return
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        _paint_state(painter, QPointF(area.left() + _DOT_AT, area.top() + 22), row.status)
        right = area.right() - _RIGHT
        badge_left = self._paint_findings(painter, area, row)
        left = area.left() + _TEXT_AT
        title = QRect(left, area.top() + 12, badge_left - left - 8, 20)
        painter.setFont(self._title_font)
        painter.setPen(color("text" if row.title else "secondary"))
        painter.drawText(title, _ONE_LINE, self._cut(self._title_metrics, title_of_row(row), title.width()))
        painter.setFont(self._small_font)
        painter.setPen(color("secondary"))
        tokens = "" if row.tokens is None else f"{row.tokens:,} tok"
        width = self._small_metrics.horizontalAdvance(tokens)
        line = QRect(left, area.top() + 34, right - left, 18)
        painter.drawText(line, _ONE_LINE | Qt.AlignmentFlag.AlignRight, tokens)
        preview = QRect(line.left(), line.top(), line.width() - width - 12, line.height())
        painter.drawText(preview, _ONE_LINE, self._cut(self._small_metrics, row.preview, preview.width()))
        painter.restore()

    def paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, heading: Heading) -> None:
        """A group's name with the number of its examples, above a line."""
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(area).adjusted(_MARGIN, 22, -_MARGIN, -6)
        painter.setPen(QPen(color("accent"), 2) if state & QStyle.StateFlag.State_HasFocus else color("bg"))
        painter.setBrush(color("hover" if state & QStyle.StateFlag.State_MouseOver else "bg"))
        painter.drawRoundedRect(body, 7, 7)
        middle = round(body.center().y())
        mark = icon_pixmap(
            "chevron-down" if heading.is_open else "chevron-right",
            "secondary",
            14,
            painter.device().devicePixelRatioF(),
        )
        painter.drawPixmap(QPointF(area.left() + _DOT_AT - 7, middle - 7), mark)
        painter.setFont(self._small_font)
        count = f"{heading.count:,}"
        width = self._small_metrics.horizontalAdvance(count)
        line = QRect(area.left() + _TEXT_AT, middle - 10, area.width() - _TEXT_AT - _RIGHT, 20)
        painter.setPen(color("secondary"))
        painter.drawText(line, _ONE_LINE | Qt.AlignmentFlag.AlignRight, count)
        painter.setFont(self._title_font)
        painter.setPen(color("text" if heading.key else "secondary"))
        line.setRight(line.right() - width - 12)
        painter.drawText(line, _ONE_LINE, self._cut(self._title_metrics, heading.label, line.width()))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        body = QRectF(option.rect).adjusted(_MARGIN, 2, -_MARGIN, -2)
        painter.fillRect(option.rect, color("surface"))  # Over the square ground that the style gives a row.
        painter.setPen(Qt.PenStyle.NoPen)
        if self.select_all or state & QStyle.StateFlag.State_Selected:
            painter.setBrush(color("accent_soft"))
            painter.drawRoundedRect(body, 7, 7)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(color("hover"))
            painter.drawRoundedRect(body, 7, 7)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(color("accent"))
            painter.drawRoundedRect(QRectF(body.left(), body.top() + 10, 3, body.height() - 20), 1.5, 1.5)

    def _paint_findings(self, painter: QPainter, area: QRect, row: ListRow) -> int:
        """Draw the badge; returns where it begins (the right edge of the title's room)."""
        right = area.right() - _RIGHT
        if not row.n_findings or row.worst is None:
            return right + 8
        text = f"{row.n_findings:,}"
        width = max(badge_size(text).width(), 22)
        rect = QRectF(right - width + 1, area.top() + 12, width, 20)
        paint_badge(painter, rect, text, row.worst.value)
        return round(rect.left())

    @staticmethod
    def _cut(metrics: QFontMetrics, text: str, width: int) -> str:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 10))

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        heading = self._heading_at(index.row())
        if heading is not None:
            QToolTip.showText(event.globalPos(), plain_tooltip(heading.label), view)
            return True
        row = self._rows.row_at(index.row())
        if row is not None:
            lines = [f"Example {row.rank + 1:,}, {STATUS_WORDS[row.status].lower()}", title_of_row(row)]
            if row.tags:
                lines.append("Tags: " + ", ".join(row.tags))
            QToolTip.showText(event.globalPos(), plain_tooltip("\n".join(lines)), view)
        return True


def _paint_state(painter: QPainter, at: QPointF, status: ReviewState) -> None:
    """A mark of its own shape for each state, so that colour is not all there is."""
    ink = color(STATUS_TOKENS[status])
    if status is ReviewState.REJECTED:
        painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(at + QPointF(-3, -3), at + QPointF(3, 3))
        painter.drawLine(at + QPointF(-3, 3), at + QPointF(3, -3))
        return
    if status is ReviewState.DRAFT:
        painter.setPen(QPen(color("secondary"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, 3.4, 3.4)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(at, 4.2, 4.2)
