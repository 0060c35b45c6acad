"""The list of jobs: name, model, state, when, and what came of it."""

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.words import (
    accessible_text,
    badge_of,
    model_of,
    name_of,
    outcome_of,
    since_text,
)
from finetune_studio.ui.widgets.badge import badge_size, paint_badge
from finetune_studio.workspace.submission_records import Submission

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 36
SHOWN_ROWS = 4
REF = Qt.ItemDataRole.UserRole


class JobsModel(QAbstractListModel):
    """The rows of the book by reference, newest first."""

    def __init__(self, book: JobBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.book = book
        self._refs: list[str] = []
        book.rows_changed.connect(self._on_rows_changed)
        book.row_changed.connect(self._on_row_changed)
        self._on_rows_changed()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._refs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._refs):
            return None
        ref = self._refs[index.row()]
        if role == REF:
            return ref
        row = self.book.row(ref)
        if row is None or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        return accessible_text(row, self.book.profile_of(row), self.book.updates.get(ref))

    def index_of(self, ref: str) -> QModelIndex:
        """The index of a job; an invalid one where it is not listed."""
        return self.index(self._refs.index(ref)) if ref in self._refs else QModelIndex()

    def _on_rows_changed(self) -> None:
        refs = [row.ref for row in self.book.rows]
        if refs == self._refs:
            if refs:
                self.dataChanged.emit(self.index(0), self.index(len(refs) - 1))
            return
        self.beginResetModel()
        self._refs = refs
        self.endResetModel()

    def _on_row_changed(self, ref: str) -> None:
        index = self.index_of(ref)
        if index.isValid():
            self.dataChanged.emit(index, index)


class JobsDelegate(QStyledItemDelegate):
    """Paints one job on one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(320, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        book = model.book if isinstance(model, JobsModel) else None
        row = book.row(str(index.data(REF))) if book is not None else None
        if book is None or row is None:
            return
        painter.save()
        area: QRect = option.rect
        _paint_ground(painter, option)
        _paint_row(painter, area.adjusted(16, 0, -16, 0), row, book)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, color("accent_soft"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, color("hover"))
    shown = state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange
    if shown:
        painter.setPen(color("accent"))
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def _paint_row(painter: QPainter, area: QRect, row: Submission, book: JobBook) -> None:
    """Columns as shares of the width; the last two stand at the right edge."""
    profile, update = book.profile_of(row), book.updates.get(row.ref)
    width = area.width()
    middle = area.left() + round(width * 0.17)
    state_at = middle + max(round(width * 0.27), 184)
    name = QRect(area.left(), area.top(), middle - area.left() - 12, area.height())
    model = QRect(middle, area.top(), state_at - middle - 12, area.height())
    _text(painter, name, name_of(row), "text", QFont.Weight.DemiBold)
    _text(painter, model, model_of(row, profile), "secondary")
    text, tone = badge_of(row, update, book.sent(row.ref))
    size = badge_size(text)
    top = area.top() + (area.height() - size.height()) / 2
    paint_badge(painter, QRectF(state_at, top, size.width(), size.height()), text, tone)
    last = QRect(area.right() - 128, area.top(), 129, area.height())
    since = QRect(area.right() - 262, area.top(), 124, area.height())
    if since.left() > state_at + size.width() + 8:
        _text(painter, since, since_text(row.created_at), "secondary", right=True)
    _text(painter, last, outcome_of(row, update), "secondary", right=True, small=True)


def _text(
    painter: QPainter,
    area: QRect,
    text: str,
    token: str,
    weight: QFont.Weight = QFont.Weight.Normal,
    *,
    right: bool = False,
    small: bool = False,
) -> None:
    font = ui_font("small" if small else "body", weight)
    painter.setFont(font)
    painter.setPen(color(token))
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)


class JobsList(QListView):
    """`chosen(ref)` when the person chooses another job."""

    chosen = Signal(str)

    def __init__(self, book: JobBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Jobs")
        self.setProperty("panel", "clear")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(JobsDelegate(self))
        self._model = JobsModel(book, self)
        self.setModel(self._model)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        self.setPalette(palette)
        self._ref = ""
        self._model.modelReset.connect(self._on_model_reset)
        self._on_model_reset()

    @property
    def current_ref(self) -> str:
        """The chosen job, or an empty text."""
        return self._ref

    def choose(self, ref: str) -> None:
        """Choose a job; an unknown one clears the choice."""
        index = self._model.index_of(ref)
        self._ref = ref if index.isValid() else ""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, flags)
        if index.isValid():
            self.scrollTo(index)
        self.chosen.emit(self._ref)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        ref = current.data(REF) if current.isValid() else None
        if isinstance(ref, str) and ref != self._ref:
            self._ref = ref
            self.chosen.emit(ref)

    def _on_model_reset(self) -> None:
        shown = max(1, min(self._model.rowCount(), SHOWN_ROWS))
        self.setFixedHeight(shown * ROW_HEIGHT)
        index = self._model.index_of(self._ref)
        if not index.isValid() and self._model.rowCount():
            index = self._model.index(0)
        ref = index.data(REF) if index.isValid() else ""
        self.choose(str(ref or ""))
