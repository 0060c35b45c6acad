"""The ground of a row in a painted list: chosen, under the mouse, with the focus."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from finetune_studio.ui.theme.current import color


def paint_row_ground(
    painter: QPainter, option: QStyleOptionViewItem, radius: float = 6, inset: float = 0
) -> None:
    """A rounded ground within the row's rectangle, and a frame around it while the row has the focus."""
    state: QStyle.StateFlag = option.state
    body = QRectF(option.rect).adjusted(inset, 1, -inset, -1)
    is_chosen = bool(state & QStyle.StateFlag.State_Selected)
    if is_chosen or state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("accent_soft" if is_chosen else "hover"))
        painter.drawRoundedRect(body, radius, radius)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(color("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body.adjusted(1, 1, -1, -1), 6, 6)
