"""The heading of the group at the top of the list, in sight while its examples scroll below it."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from finetune_studio.ui.models.id_list import Heading
from finetune_studio.ui.theme.current import color

HEIGHT = 44
ABOVE = 18
"""Pixels of a row over its heading that are left out here."""


class StickyHeading(QWidget):
    """`toggled(key)` when it is pressed. The list itself has the headings for keys and screen readers."""

    toggled = Signal(object)

    def __init__(
        self, paint: Callable[[QPainter, QStyleOptionViewItem, Heading], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._paint = paint
        self.heading: Heading | None = None
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def show_heading(self, heading: Heading | None, at: QRect) -> None:
        """Show a heading at a place, or none."""
        if heading is None:
            self.hide()
        else:
            self.setGeometry(at)
            if heading != self.heading:
                self.update()
            self.show()
        self.heading = heading
        self.setAccessibleName("" if heading is None else f"Group {heading.label}")

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        if self.heading is not None:
            option = QStyleOptionViewItem()
            option.rect = self.rect().adjusted(0, -ABOVE, 0, 2)
            over = QStyle.StateFlag.State_MouseOver
            option.state = over if self.underMouse() else QStyle.StateFlag.State_None
            self._paint(painter, option, self.heading)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.heading is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggled.emit(self.heading.key)
