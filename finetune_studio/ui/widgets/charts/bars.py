"""What charts of bars share: one bar lies under the mouse, one is current, a click or Return activates it."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.widgets.charts.base import Chart


class KeyedBar(Protocol):
    """`key` comes back with the signal; a bar with None leads nowhere."""

    @property
    def key(self) -> object: ...


class BarsChart(Chart):
    """A click on a bar, or Return on the current one, emits `bar_activated(key)`."""

    bar_activated = Signal(object)
    _forward = Qt.Key.Key_Right
    _back = Qt.Key.Key_Left

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._hover = -1
        self._current = -1

    def _all_bars(self) -> Sequence[KeyedBar]:
        raise AssertionError("every chart of bars has bars")

    def _number_at(self, place: QPointF) -> int:
        """The bar at a place, -1 for none."""
        raise AssertionError("every chart of bars knows where they are")

    def _keep_current(self) -> None:
        """Other bars are shown: nothing lies under the mouse, and the current one is still one of them."""
        self._hover = -1
        self._current = min(self._current, len(self._all_bars()) - 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hover = self._number_at(event.position())
        leads = hover >= 0 and self._all_bars()[hover].key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        if hover != self._hover:
            self._hover = hover
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = -1
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._number_at(event.position())
        if number >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._current = number
            self._activate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._all_bars()) - 1
        places = {
            self._forward: min(last, self._current + 1),
            self._back: max(0, self._current - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() in places and last >= 0:
            self._current = places[Qt.Key(event.key())]
            self._announce()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._activate()
        else:
            super().keyPressEvent(event)

    def _activate(self) -> None:
        self.update()
        bars = self._all_bars()
        if 0 <= self._current < len(bars) and bars[self._current].key is not None:
            self.bar_activated.emit(bars[self._current].key)
