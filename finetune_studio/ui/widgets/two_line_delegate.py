"""Rows of a plain list whose text has a second line: that line is small and secondary."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font

Index = QModelIndex | QPersistentModelIndex
_ROW = 46
_INSET = 11


class TwoLineDelegate(QStyledItemDelegate):
    """The ground and the frame are the style's; the first line keeps the item's font and colour."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        first, _, second = str(index.data()).partition("\n")
        full.text = ""
        style = full.widget.style() if full.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        small = ui_font("small")
        top, bottom = QFontMetrics(full.font), QFontMetrics(small)
        area: QRect = full.rect.adjusted(_INSET, 0, -_INSET, 0)
        y = area.top() + (area.height() - top.height() - bottom.height() - 2) // 2
        given = index.data(Qt.ItemDataRole.ForegroundRole)
        painter.save()
        painter.setFont(full.font)
        painter.setPen(color("text") if given is None else given.color())
        _draw_line(painter, QRect(area.left(), y, area.width(), top.height()), first)
        painter.setFont(small)
        painter.setPen(color("secondary"))
        y += top.height() + 2
        _draw_line(painter, QRect(area.left(), y, area.width(), bottom.height()), second)
        painter.restore()


def _draw_line(painter: QPainter, area: QRect, text: str) -> None:
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
