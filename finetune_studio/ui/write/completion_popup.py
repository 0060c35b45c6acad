"""What can be typed next, below the field in which it is typed."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets.overlay import add_shadow, overlay_list
from finetune_studio.ui.widgets.row_painting import paint_row_ground
from finetune_studio.workspace.queries.completion import Suggestion

_ROW = 28
_SHOWN_ROWS = 9
_MIN_WIDTH = 316
_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Suggestion, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.text}, {item.detail}" if item.detail else item.text
        return None

    def set_items(self, items: Sequence[Suggestion]) -> None:
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Model):
            return
        item = model.items[index.row()]
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, inset=4)
        line = area.adjusted(14, 0, -14, 0)
        painter.setFont(ui_font("body", QFont.Weight.Medium))
        metrics = QFontMetrics(painter.font())
        text = metrics.elidedText(item.text, Qt.TextElideMode.ElideRight, round(line.width() * 0.7))
        painter.setPen(color("text"))
        painter.drawText(line, _LINE, text)
        rest = line.adjusted(metrics.horizontalAdvance(text) + 16, 0, 0, 0)
        painter.setFont(ui_font("small"))
        painter.setPen(color("secondary"))
        detail = QFontMetrics(painter.font()).elidedText(
            item.detail, Qt.TextElideMode.ElideRight, max(rest.width(), 0)
        )
        painter.drawText(rest, _LINE | Qt.AlignmentFlag.AlignRight, detail)
        painter.restore()


class CompletionPopup(QFrame):
    """An overlay of the window; the field keeps the focus and tells it what keys mean."""

    chosen = Signal(object)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field.window())
        self.setObjectName("completion")
        self._field = field
        self._model = _Model(self)
        self._list = overlay_list("Suggestions", self._model, _Delegate(self))
        self._list.clicked.connect(self._on_list_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 5, 1, 5)
        column.addWidget(self._list)
        add_shadow(self, 24, 6, 60)
        self.hide()

    def show_items(self, items: Sequence[Suggestion]) -> None:
        """Show these below the field, none of them chosen; hide when there are none."""
        if tuple(items) != self._model.items:
            self._model.set_items(items)
        else:
            self._list.setCurrentIndex(QModelIndex())
        if not items:
            self.hide()
            return
        window = self._field.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        corner = self._field.mapTo(window, self._field.rect().bottomLeft())
        room = window.height() - corner.y() - 16
        height = min(len(self._model.items), _SHOWN_ROWS) * _ROW + 12
        width = max(_MIN_WIDTH, self._field.width())
        self.setGeometry(corner.x(), corner.y() + 4, width, max(2 * _ROW, min(height, room)))
        self.show()
        self.raise_()

    def texts(self) -> list[str]:
        """What is offered."""
        return [item.text for item in self._model.items] if self.isVisible() else []

    def current(self) -> Suggestion | None:
        """The one that was gone to with the arrow keys."""
        row = self._list.currentIndex().row()
        return self._model.items[row] if 0 <= row < len(self._model.items) else None

    def first(self) -> Suggestion | None:
        return self._model.items[0] if self._model.items else None

    def step(self, by: int) -> None:
        """Go to another one; beyond either end is none."""
        count = len(self._model.items) + 1
        row = (self._list.currentIndex().row() + 1 + by) % count - 1
        self._list.setCurrentIndex(self._model.index(row) if row >= 0 else QModelIndex())

    @Slot(QModelIndex)
    def _on_list_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.items[index.row()])
