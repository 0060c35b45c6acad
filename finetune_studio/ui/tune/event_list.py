"""What the service told about a job, the newest first."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QStringListModel, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from finetune_studio.domain.job import JobEvent
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.widgets import Label, SectionLabel, plain_tooltip

SHOWN_EVENTS = 300
LINE_HEIGHT = 22
_GAP = "  "


class EventDelegate(QStyledItemDelegate):
    """The time in figures of one width, then the words; both as plain text."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, LINE_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        time, _, words = str(index.data(Qt.ItemDataRole.DisplayRole)).partition(_GAP)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, color("accent_soft"))
        painter.setFont(ui_font("body"))
        metrics = QFontMetrics(painter.font())
        width = metrics.horizontalAdvance("00:00:00") + 12
        grave = words.startswith(("Error:", "Warning:"))
        painter.setPen(color("secondary"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(option.rect.adjusted(2, 0, 0, 0), flags, time)
        area = option.rect.adjusted(width, 0, -2, 0)
        painter.setPen(color("error" if words.startswith("Error:") else "warning" if grave else "secondary"))
        painter.drawText(
            area, flags, metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(10, area.width()))
        )
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The whole line, where there was no room for it."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        QToolTip.showText(event.globalPos(), plain_tooltip(text) if text else "", view)
        return True


class _View(QListView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
            lines = [str(index.data(Qt.ItemDataRole.DisplayRole)) for index in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)


class EventList(QWidget):
    """Lines can be chosen and copied; runs of metrics show their last one only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(SectionLabel("Events", parent=self))
        self.empty = Label("None yet.", type="secondary", parent=self)
        self.view = _View(self)
        self.view.setAccessibleName("Events, the newest first")
        self.view.setProperty("panel", "clear")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setItemDelegate(EventDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setMinimumHeight(LINE_HEIGHT * 5)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._model = QStringListModel(self)
        self.view.setModel(self._model)
        column.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.view, 1)

    def lines(self) -> list[str]:
        """What is shown, from the top."""
        return self._model.stringList()

    def set_events(self, events: Sequence[JobEvent]) -> None:
        lines = event_lines(events)
        self.empty.setVisible(not lines)
        self.view.setVisible(bool(lines))
        if lines != self._model.stringList():
            self._model.setStringList(lines)


def event_lines(events: Sequence[JobEvent]) -> list[str]:
    """Newest first; of metrics that follow each other the newest stays."""
    lines: list[str] = []
    after_metrics = False
    for event in reversed(events):
        if len(lines) >= SHOWN_EVENTS:
            break
        is_metrics = event.type == "metrics"
        if not (is_metrics and after_metrics):
            lines.append(event_text(event))
        after_metrics = is_metrics
    return lines


def event_text(event: JobEvent) -> str:
    """14:02:20  Files validated; what is grave says so."""
    time = f"{event.at.astimezone():%H:%M:%S}" if event.at is not None else "--:--:--"
    level = {"error": "Error: ", "warn": "Warning: ", "warning": "Warning: "}.get(event.level, "")
    return f"{time}{_GAP}{level}{' '.join(event.message.split())}"
