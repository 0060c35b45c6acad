"""What lies over the window and leaves the focus where it is: its shadow, and its list."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemDelegate, QGraphicsDropShadowEffect, QListView, QWidget


def add_shadow(widget: QWidget, blur: float, offset: float, alpha: int) -> None:
    """Let an overlay stand out from what is below it."""
    shadow = QGraphicsDropShadowEffect(widget)
    shadow.setBlurRadius(blur)
    shadow.setOffset(0, offset)
    shadow.setColor(QColor(0, 0, 0, alpha))
    widget.setGraphicsEffect(shadow)


def overlay_list(name: str, model: QAbstractItemModel, delegate: QAbstractItemDelegate) -> QListView:
    """A list that is walked from a field, which keeps the focus."""
    view = QListView()
    view.setAccessibleName(name)
    view.setUniformItemSizes(True)
    view.setItemDelegate(delegate)
    view.setModel(model)
    view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setMouseTracking(True)
    return view
