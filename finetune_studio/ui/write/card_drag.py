"""Moving a card with the mouse: the mark of where it would go, and scrolling at the edges."""

from PySide6.QtCore import QObject, QPoint, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.conversation_layout import GAP, Place

_EDGE = 48
_INTERVAL = 30


class InsertionMark(QWidget):
    """A line with a dot, between two cards."""

    HEIGHT = 8

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color("accent"))
        painter.setBrush(color("accent"))
        painter.drawRoundedRect(QRectF(6, 3, self.width() - 7, 2), 1, 1)
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))


class CardDrag(QObject):
    """`scroll_due` comes while the mouse is held near an edge; read the mark's place again after it."""

    moved = Signal()

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._mark = InsertionMark(area.viewport())
        self._mark.hide()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._place = QPoint()

    @property
    def mark(self) -> InsertionMark:
        return self._mark

    def move_to(self, place: QPoint) -> None:
        """The mouse is here, on the screen."""
        self._place = place
        self._timer.start()

    def target(self, slots: list[Place]) -> int:
        """Among these cards, the number of those that stand above the mouse; shows the mark there."""
        y = self._area.viewport().mapFromGlobal(self._place).y() + self._area.verticalScrollBar().value()
        above = sum(1 for slot in slots if slot.y + slot.height // 2 < y)
        gap_y = slots[above - 1].bottom + GAP // 2 if above else slots[0].y - GAP // 2
        top = gap_y - self._area.verticalScrollBar().value() - InsertionMark.HEIGHT // 2
        self._mark.setGeometry(slots[0].x, max(0, top), slots[0].width, InsertionMark.HEIGHT)
        self._mark.show()
        self._mark.raise_()
        return above

    def end(self) -> None:
        self._timer.stop()
        self._mark.hide()

    @Slot()
    def _on_timer_timeout(self) -> None:
        viewport = self._area.viewport()
        y = viewport.mapFromGlobal(self._place).y()
        step = 16 if y > viewport.height() - _EDGE else -16 if y < _EDGE else 0
        if step:
            bar = self._area.verticalScrollBar()
            bar.setValue(bar.value() + step)
            self.moved.emit()
