"""A list of tools: name, what it does, and a figure at the right."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_studio.domain.message import Tool
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import mono_font, ui_font
from finetune_studio.ui.widgets.row_painting import paint_row_ground
from finetune_studio.ui.write.words import counted

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 34
_PAD = 10
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class ToolItem:
    """`figure` is what stands at the right: the number of parameters, or of examples."""

    text: str
    name: str
    description: str = ""
    figure: str = ""


def item_of(tool: Tool) -> ToolItem:
    """How a definition of an example is listed."""
    return ToolItem(tool.raw, tool.name, tool.description, counted(parameter_count(tool), "parameter"))


def items_of_functions(raw: str) -> list[ToolItem]:
    """The deprecated `functions` of an example; what is no list of objects gives none."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return []
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [
        ToolItem(json.dumps(each), str(each.get("name", "")), str(each.get("description", "")))
        for each in listed
    ]


def parameter_count(tool: Tool) -> int:
    """How many parameters a definition has."""
    try:
        schema = orjson.loads(tool.parameters) if tool.parameters else {}
    except orjson.JSONDecodeError:
        return 0
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return len(properties) if isinstance(properties, dict) else 0


class ToolListModel(QAbstractListModel):
    """Items that are set as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[ToolItem] = []

    def set_items(self, items: Sequence[ToolItem]) -> None:
        if list(items) == self.items:
            return
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self.items):
            return None
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.name[:_SHOWN]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (item.name[:_SHOWN] or "Without a name", item.description[:_SHOWN], item.figure)
            return ", ".join(part for part in parts if part)
        return None


class ToolDelegate(QStyledItemDelegate):
    """One line a tool."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, ToolListModel):
            return
        item = model.items[index.row()]
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option)
        small = QFontMetrics(ui_font("small"))
        right = area.right() - _PAD
        painter.setFont(ui_font("small"))
        painter.setPen(color("secondary"))
        width = small.horizontalAdvance(item.figure)
        place = QRect(right - width, area.top(), width + 1, area.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, item.figure)
        right -= width + 16
        left = area.left() + _PAD
        mono = QFontMetrics(mono_font())
        name = " ".join(item.name[:_SHOWN].split()) or "without a name"
        room = max(60, round((right - left) * 0.6))
        shown = mono.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.setFont(mono_font())
        painter.setPen(color("text" if item.name else "error"))
        painter.drawText(QRect(left, area.top(), room, area.height()), Qt.AlignmentFlag.AlignVCenter, shown)
        left += mono.horizontalAdvance(shown) + 14
        if right - left > 40:
            words = " ".join(item.description[:_SHOWN].split())
            painter.setFont(ui_font("small"))
            painter.setPen(color("secondary"))
            text = small.elidedText(words, Qt.TextElideMode.ElideRight, right - left)
            place = QRect(left, area.top(), right - left, area.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


class ToolList(QListView):
    """Enter or a double click opens a tool, Delete removes it, Alt+Up and Alt+Down move it, Escape leaves."""

    open_requested = Signal(int)
    remove_requested = Signal(int)
    move_requested = Signal(int, int)
    leave_requested = Signal()
    row_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tools = ToolListModel(self)
        self.setModel(self.tools)
        self.setItemDelegate(ToolDelegate(self))
        self.setAccessibleName(name)
        self.setProperty("panel", "clear")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().currentChanged.connect(self.row_changed)

    @property
    def row(self) -> int:
        """The chosen row, or -1."""
        index = self.currentIndex()
        return index.row() if index.isValid() else -1

    def show_items(self, items: Sequence[ToolItem], chosen: int | None = None) -> None:
        """Show these; the row that was chosen stays, or another one is."""
        row = self.row if chosen is None else chosen
        self.tools.set_items(items)
        self.choose(min(max(row, 0), len(items) - 1))
        self.row_changed.emit()

    def choose(self, row: int) -> None:
        if 0 <= row < len(self.tools.items):
            self.setCurrentIndex(self.tools.index(row))

    def event(self, event: QEvent) -> bool:
        """Alt+Up and Alt+Down move the tool here, not the message."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
            if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.row
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if key == Qt.Key.Key_Escape:
            self.leave_requested.emit()
        elif row < 0:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.open_requested.emit(row)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
            self.remove_requested.emit(row)
        elif alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move_requested.emit(row, -1 if key == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.open_requested.emit(index.row())
