"""The lists at the left of page Check: rules with their counts, charts by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets import plain_tooltip
from finetune_studio.ui.widgets.badge import badge_size, paint_badge
from finetune_studio.ui.widgets.row_painting import paint_row_ground

ROW = 34
_PAD = 10
_ONE_LINE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RailRow:
    """`key` is the code of a rule or the name of a chart; `tone` is the severity of the badge."""

    key: str
    text: str
    badge: str = ""
    tone: str = "neutral"
    count: str = ""
    is_faint: bool = False


class RailModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RailRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(f"{row.badge}  {row.text}".strip())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.badge, row.text, row.count) if part)
        return None

    def set_rows(self, rows: Sequence[RailRow]) -> bool:
        """Show other rows; False when they are the same."""
        fresh = tuple(rows)
        if fresh == self.rows:
            return False
        if [row.key for row in fresh] == [row.key for row in self.rows]:
            self.rows = fresh
            self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return True
        self.beginResetModel()
        self.rows = fresh
        self.endResetModel()
        return True


class RailDelegate(QStyledItemDelegate):
    def __init__(self, model: RailModel, row_height: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._height = row_height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.rows[index.row()]
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, radius=7)
        left = area.left() + _PAD
        if row.badge:
            width = max(50, badge_size(row.badge).width())
            paint_badge(
                painter, QRectF(left, area.top() + (area.height() - 20) / 2, width, 20), row.badge, row.tone
            )
            left += width + 8
        right = area.right() - _PAD
        painter.setFont(ui_font("body"))
        painter.setPen(color("secondary"))
        painter.drawText(QRect(left, area.top(), right - left, area.height()), _ONE_LINE | _RIGHT, row.count)
        right -= QFontMetrics(painter.font()).horizontalAdvance(row.count) + 10
        font = ui_font("body", QFont.Weight.DemiBold) if chosen else ui_font("body")
        painter.setFont(font)
        painter.setPen(color("secondary" if row.is_faint and not chosen else "text"))
        text = QFontMetrics(font).elidedText(row.text, Qt.TextElideMode.ElideRight, max(10, right - left))
        painter.drawText(QRect(left, area.top(), right - left, area.height()), _ONE_LINE, text)
        painter.restore()


_RIGHT = Qt.AlignmentFlag.AlignRight


class RailList(QListView):
    """As tall as its rows; `chosen(key)` when the person goes to a row."""

    chosen = Signal(str)

    def __init__(self, name: str, row_height: int = ROW, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row_height = row_height
        self._rows = RailModel(self)
        self._quiet = False
        self.setAccessibleName(name)
        self.setModel(self._rows)
        self.setItemDelegate(RailDelegate(self._rows, row_height, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setProperty("panel", "clear")
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.clicked.connect(self._on_clicked)
        self._fit()

    @property
    def rows(self) -> tuple[RailRow, ...]:
        return self._rows.rows

    def current_key(self) -> str:
        number = self.currentIndex().row()
        return self._rows.rows[number].key if 0 <= number < len(self._rows.rows) else ""

    def set_rows(self, rows: Sequence[RailRow]) -> None:
        """Show other rows; the chosen one stays chosen when it is still there."""
        key, is_chosen = self.current_key(), self.selectionModel().hasSelection()
        self._quiet = True
        if self._rows.set_rows(rows):
            self._fit()
        self._quiet = False
        if self.current_key() != key and is_chosen:
            self.choose(key)
        self._show_focus()

    def choose(self, key: str) -> bool:
        """Choose a row without a signal; an unknown key chooses none."""
        self._quiet = True
        number = next((n for n, row in enumerate(self._rows.rows) if row.key == key), -1)
        if number < 0:
            self.selectionModel().clear()
        else:
            flag = self.selectionModel().SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._rows.index(number), flag)
        self._quiet = False
        self._show_focus()
        return number >= 0

    def row_rect(self, key: str) -> QRect:
        """Where a row is, for scrolling to it."""
        number = next((n for n, row in enumerate(self._rows.rows) if row.key == key), 0)
        return QRect(0, number * self._row_height, self.width(), self._row_height)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes the first row current when the focus comes; that is no choice of the person."""
        self._quiet = True
        super().focusInEvent(event)
        self._quiet = False
        self._show_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if key := self.current_key():
                self.chosen.emit(key)
        elif event.text().strip():
            event.ignore()  # letters are commands of the window, not a search in this list
        else:
            super().keyPressEvent(event)

    def _show_focus(self) -> None:
        """Some row is current while the list has the focus: it is framed."""
        if self.hasFocus() and not self.currentIndex().isValid() and self._rows.rows:
            self._quiet = True
            flag = self.selectionModel().SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self._rows.index(0), flag)
            self._quiet = False

    def _fit(self) -> None:
        self.setFixedHeight(max(1, len(self._rows.rows)) * self._row_height)
        self.setVisible(bool(self._rows.rows))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(self._rows.rows[current.row()].key)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        """A click on the row that is current already chooses it again: another view may be in front."""
        if index.isValid():
            self.chosen.emit(self._rows.rows[index.row()].key)
