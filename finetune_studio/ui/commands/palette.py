"""The command palette (Ctrl+K): type a few letters, Return does it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
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
from PySide6.QtGui import QFont, QFontMetrics, QHideEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from finetune_studio.ui.commands.fuzzy import match
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets.containers import Divider
from finetune_studio.ui.widgets.labels import Label
from finetune_studio.ui.widgets.overlay import add_shadow, overlay_list
from finetune_studio.ui.widgets.row_painting import paint_row_ground

_ROW = 38
_SHOWN_ROWS = 9
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteRow:
    """One line: a command, or something of a page that `run` opens."""

    title: str
    category: str
    icon: str
    key: str
    run: Callable[[], object]
    positions: tuple[int, ...] = ()


class _RowsModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: list[PaletteRow] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return (
                row.title
                if role == Qt.ItemDataRole.DisplayRole
                else f"{row.title}, {row.category}, {row.key}"
            )
        return None

    def set_rows(self, rows: list[PaletteRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()


class _RowDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _RowsModel):
            return
        row = model.rows[index.row()]
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_row_ground(painter, option, radius=7, inset=6)
        ratio = painter.device().devicePixelRatioF()
        if row.icon:
            tint = "accent" if selected else "secondary"
            painter.drawPixmap(rect.left() + 18, rect.top() + 11, icon_pixmap(row.icon, tint, 16, ratio))
        right = self._paint_key(painter, rect, row)
        self._paint_title(painter, rect, row, right)
        painter.restore()

    def _paint_key(self, painter: QPainter, rect: QRect, row: PaletteRow) -> int:
        """Draw the key cap and the category at the right; returns where the title must end."""
        right = rect.right() - 18
        if row.key:
            painter.setFont(ui_font("label", QFont.Weight.DemiBold))
            width = QFontMetrics(painter.font()).horizontalAdvance(row.key) + 14
            cap = QRectF(right - width + 0.5, rect.top() + 9.5, width, 20)
            painter.setPen(color("line"))
            painter.setBrush(color("hover"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(color("secondary"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, row.key)
            right -= width + 12
        painter.setFont(ui_font("small"))
        painter.setPen(color("secondary"))
        width = QFontMetrics(painter.font()).horizontalAdvance(row.category)
        painter.drawText(
            QRect(right - width, rect.top(), width, _ROW), Qt.AlignmentFlag.AlignVCenter, row.category
        )
        return right - width - 12

    def _paint_title(self, painter: QPainter, rect: QRect, row: PaletteRow, right: int) -> None:
        """Draw the title letter runs, the matched ones in the accent."""
        plain, bold = ui_font("body"), ui_font("body", QFont.Weight.DemiBold)
        x = rect.left() + 46
        matched = set(row.positions)
        at = 0
        while at < len(row.title) and x < right:
            hit = at in matched
            end = at
            while end < len(row.title) and (end in matched) == hit:
                end += 1
            run = row.title[at:end]
            font = bold if hit else plain
            painter.setFont(font)
            painter.setPen(color("accent" if hit else "text"))
            painter.drawText(
                QRect(x, rect.top(), max(right - x, 0), _ROW), Qt.AlignmentFlag.AlignVCenter, run
            )
            x += QFontMetrics(font).horizontalAdvance(run)
            at = end


class CommandPalette(QFrame):
    """An overlay at the top of the window. Keyboard only is enough: letters, Up, Down, Return, Escape.

    What is typed also searches the dataset: `search_requested(text)` is the last row's deed.
    """

    search_requested = Signal(object)
    closed = Signal()

    def __init__(self, commands: CommandRegistry, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("palette")
        self._commands = commands
        self._host = host
        self._before: QWidget | None = None
        self._recent: list[str] = []
        self._field = QLineEdit()
        self._field.setPlaceholderText("Search or run a command")
        self._field.setAccessibleName("Search or run a command")
        self._model = _RowsModel(self)
        self._list = overlay_list("Commands", self._model, _RowDelegate(self))
        self._empty = Label("No command has these letters.", type="secondary")
        self._empty.setContentsMargins(20, 10, 20, 14)
        self._lay_out()
        self._field.textChanged.connect(self._on_text_changed)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._on_row_clicked)
        commands.invoked.connect(self._on_command_invoked)
        host.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 6, 1, 8)
        layout.setSpacing(4)
        layout.addWidget(self._field)
        layout.addWidget(Divider())
        layout.addWidget(self._list, 1)
        layout.addWidget(self._empty)
        layout.setStretch(0, 0)
        self._field.setTextMargins(14, 0, 14, 0)
        add_shadow(self, 36, 8, 70)

    def open(self) -> None:
        """Show it empty, with what was used last on top."""
        self._before = self._host.window().focusWidget()
        self._field.clear()
        self._fill("")
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Hide it and give the focus back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.closed.emit()

    def titles(self) -> list[str]:
        """The rows as shown, for tests."""
        return [row.title for row in self._model.rows]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self._field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._on_key(event)
        if watched is self._field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._model.set_rows([])

    def _on_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _SHOWN_ROWS - 1,
            Qt.Key.Key_PageUp: 1 - _SHOWN_ROWS,
        }
        if key in steps:
            self._move(steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self._list.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _move(self, step: int) -> None:
        count = len(self._model.rows)
        if not count:
            return
        row = self._list.currentIndex().row() + step
        row = row % count if abs(step) == 1 else min(max(row, 0), count - 1)
        self._list.setCurrentIndex(self._model.index(row))

    def _run(self, number: int) -> None:
        if not 0 <= number < len(self._model.rows):
            return
        row = self._model.rows[number]
        self.close_palette()
        row.run()

    def _fill(self, text: str) -> None:
        scored: list[tuple[int, int, PaletteRow]] = []
        for order, spec in enumerate(self._commands.specs()):
            if not spec.palette or not self._commands.action(spec.id).isEnabled():
                continue
            title = self._commands.title(spec.id).rstrip("…")
            hit = match(text, title) or _weak_match(text, spec.category, title)
            if hit is None:
                continue
            recent = 30 - self._recent.index(spec.id) if spec.id in self._recent else 0
            row = PaletteRow(
                title,
                spec.category,
                spec.icon,
                self._commands.shortcut_text(spec.id),
                _Invocation(self._commands, spec.id),
                tuple(hit[1]),
            )
            scored.append((-hit[0] - recent, order, row))
        for category, title, icon_name, run in self._commands.offers():
            hit = match(text, title) or _weak_match(text, category, title)
            if hit is not None:
                row = PaletteRow(title, category, icon_name, "", run, tuple(hit[1]))
                scored.append((-hit[0], len(scored) + 1000, row))
        scored.sort(key=lambda item: item[:2])
        rows = [row for _score, _order, row in scored]
        if text.strip() and self._commands.has_flag("dataset"):
            search = _Search(self, text.strip())
            rows.append(
                PaletteRow(f"Show the examples with “{text.strip()}”", "Search", "search", "", search)
            )
        self._model.set_rows(rows)
        self._list.setCurrentIndex(self._model.index(0))
        self._empty.setVisible(not rows)
        self._list.setVisible(bool(rows))
        self._place()

    def _place(self) -> None:
        width = min(620, self._host.width() - 48)
        rows = min(len(self._model.rows), _SHOWN_ROWS)
        height = 66 + (rows * _ROW if rows else 42)
        left = (self._host.width() - width) // 2
        self.setGeometry(left, min(60, max(8, self._host.height() - height)), width, height)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        self._fill(text)

    @Slot(QModelIndex)
    def _on_row_clicked(self, index: QModelIndex) -> None:
        self._run(index.row())

    @Slot(str)
    def _on_command_invoked(self, command_id: str) -> None:
        if command_id in self._recent:
            self._recent.remove(command_id)
        self._recent.insert(0, command_id)
        del self._recent[8:]


@dataclass(frozen=True, slots=True)
class _Invocation:
    commands: CommandRegistry
    command_id: str

    def __call__(self) -> None:
        self.commands.invoke(self.command_id)


@dataclass(frozen=True, slots=True)
class _Search:
    palette: CommandPalette
    text: str

    def __call__(self) -> None:
        self.palette.search_requested.emit(self.text)


def _weak_match(text: str, category: str, title: str) -> tuple[int, list[int]] | None:
    """A hit on "category title" counts less and marks nothing."""
    hit = match(text, f"{category} {title}")
    return None if hit is None else (hit[0] - 200, [])
