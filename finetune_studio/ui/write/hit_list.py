"""The hits of a search as a list with tick boxes: where each is, and the words before and after."""

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QKeyEvent, QMouseEvent, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_studio.ui.check.marked_text import mark_formats
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.workspace.queries.hits import Hit, Hits

ROW_HEIGHT = 52
_BOX = 16
_PAD = 12
_SHOWN = 160
"""Characters of a hit that are drawn."""
_HEAD = 32
"""Characters before a hit that are drawn, so that the hit itself is in sight."""

Index = QModelIndex | QPersistentModelIndex
RankOf = Callable[[int], int | None]


class HitModel(QAbstractListModel):
    """`ticks_changed` after each change of what is ticked; everything is ticked at first."""

    ticks_changed = Signal()

    def __init__(self, rank_of: RankOf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rank_of = rank_of
        self._hits = Hits()
        self._left_out: set[tuple[int, str, int, int]] = set()
        self.can_replace = False

    @property
    def hits(self) -> Hits:
        return self._hits

    def ticked(self) -> Hits:
        """The hits to be replaced."""
        return self._hits.without(self._left_out) if self._left_out else self._hits

    @property
    def ticked_count(self) -> int:
        return len(self._hits) - len(self._left_out)

    def is_ticked(self, row: int) -> bool:
        return self._hits[row].key not in self._left_out

    def set_hits(self, hits: Hits, *, can_replace: bool) -> None:
        """Show other hits; those that were there and not ticked stay so."""
        self.beginResetModel()
        self._hits = hits
        self.can_replace = can_replace
        if self._left_out:
            self._left_out &= {hit.key for hit in hits}
        self.endResetModel()
        self.ticks_changed.emit()

    def toggle(self, row: int) -> None:
        key = self._hits[row].key
        self._left_out ^= {key}
        self.dataChanged.emit(self.index(row), self.index(row))
        self.ticks_changed.emit()

    def tick_all(self, on: bool) -> None:
        self._left_out = set() if on else {hit.key for hit in self._hits}
        if self._hits:
            self.dataChanged.emit(self.index(0), self.index(len(self._hits) - 1))
        self.ticks_changed.emit()

    def place(self, row: int) -> str:
        """Where a hit is, in words."""
        hit = self._hits[row]
        rank = self._rank_of(hit.example_id)
        name = "Example" if rank is None else f"Example {rank + 1:,}"
        return f"{name} · {hit.role or 'message'} {hit.message_index + 1:,}"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._hits)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        checkable = index.isValid() and self.can_replace
        return flags | Qt.ItemFlag.ItemIsUserCheckable if checkable else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self.can_replace:
            return False
        if (Qt.CheckState(value) == Qt.CheckState.Checked) != self.is_ticked(index.row()):
            self.toggle(index.row())
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._hits):
            return None
        hit = self._hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.found[:_SHOWN]
        if role == Qt.ItemDataRole.CheckStateRole and self.can_replace:
            state = Qt.CheckState.Checked if self.is_ticked(index.row()) else Qt.CheckState.Unchecked
            return state.value
        if role == Qt.ItemDataRole.AccessibleTextRole:
            becomes = "" if hit.replacement is None else f" becomes {hit.replacement[:_SHOWN]}"
            return f"{self.place(index.row())}: {hit.found[:_SHOWN]}{becomes}"
        return None


class HitDelegate(QStyledItemDelegate):
    """Paints a tick box, the place, and the text with what goes and what comes."""

    def __init__(self, model: HitModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.row()
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, area)
        left = area.left() + _PAD
        if self._model.can_replace:
            self._paint_box(painter, self.box_of(area), self._model.is_ticked(row))
            left += _BOX + 12
        width = area.right() - left - _PAD
        painter.setFont(ui_font("small"))
        painter.setPen(color("secondary"))
        line = QRect(left, area.top() + 6, width, 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, self._model.place(row))
        self._paint_text(painter, QRect(left, area.top() + 25, width, 20), self._model.hits[row])
        painter.restore()

    @staticmethod
    def box_of(area: QRect) -> QRect:
        """Where the tick box of a row is."""
        return QRect(area.left() + _PAD, area.top() + (ROW_HEIGHT - _BOX) // 2, _BOX, _BOX)

    @staticmethod
    def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, color("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, color("hover"))
        painter.setPen(color("line"))
        painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -2), 5, 5)

    @staticmethod
    def _paint_box(painter: QPainter, box: QRect, ticked: bool) -> None:
        painter.setPen(QPen(color("accent" if ticked else "line_strong"), 1))
        painter.setBrush(color("accent" if ticked else "field"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if ticked:
            ratio = painter.device().devicePixelRatioF()
            painter.drawPixmap(
                QPointF(box.left() + 2, box.top() + 2), icon_pixmap("check", "on_accent", 12, ratio)
            )

    @staticmethod
    def _paint_text(painter: QPainter, line: QRect, hit: Hit) -> None:
        head = _one_line(hit.before)
        head = head if len(head) <= _HEAD else "…" + head[-_HEAD:]
        gone = _one_line(hit.found[:_SHOWN])
        new = _one_line((hit.replacement or "")[:_SHOWN])
        text = head + gone + new + _one_line(hit.after)
        first, middle, last = len(head), len(head) + len(gone), len(head) + len(gone) + len(new)
        layout = QTextLayout(text, ui_font("body"))
        layout.beginLayout()
        layout.createLine().setLineWidth(1e6)
        layout.endLayout()
        tone = "highlight" if hit.replacement is None else "error"
        formats = mark_formats(text, [(first, middle)], tone)
        if hit.replacement is not None:
            strike = formats[0].format
            strike.setFontStrikeOut(True)
            formats[0].format = strike
            bold = mark_formats(text, [(middle, last)], "success") if new else []
            for each in bold:
                style = each.format
                style.setFontWeight(QFont.Weight.Medium)
                each.format = style
            formats += bold
        painter.setClipRect(line.adjusted(0, -2, 0, 2))
        painter.setPen(color("text"))
        layout.draw(painter, QPointF(line.left(), line.top()), formats)


class HitList(QListView):
    """`shown(row)` when a person wants to see a hit in its example."""

    shown = Signal(int)

    def __init__(self, model: HitModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits = model
        self._delegate = HitDelegate(model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Hits")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        box = self._delegate.box_of(self.visualRect(index)).adjusted(-8, -12, 6, 12)
        if self._hits.can_replace and box.contains(event.position().toPoint()):
            self._hits.toggle(index.row())
        else:
            self.shown.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if index.isValid() and event.key() == Qt.Key.Key_Space and self._hits.can_replace:
            self._hits.toggle(index.row())
        elif index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.shown.emit(index.row())
        else:
            super().keyPressEvent(event)

    def edit(self, index: Index, trigger: object = None, event: QEvent | None = None) -> bool:  # type: ignore[override]
        """Ticks come from the mouse and the space bar above, not from Qt's own check box."""
        return False


def _one_line(text: str) -> str:
    """White space that would break the line, as signs of the same number of characters."""
    return (
        text.replace("\r", "␍")
        .replace("\n", "↵")
        .replace("\t", "⇥")
        .replace("\u2028", "↵")
        .replace("\u2029", "↵")
    )
