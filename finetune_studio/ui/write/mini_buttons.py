"""Buttons of a card's header, painted by themselves: a pooled card is made and filled often."""

from functools import lru_cache

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets import plain_tooltip
from finetune_studio.ui.widgets.badge import badge_size, paint_badge

ROLE_TOKENS = {
    "system": "role_system",
    "developer": "role_developer",
    "user": "role_user",
    "assistant": "role_assistant",
    "tool": "role_tool",
    "function": "role_tool",
}


def role_token(role: str) -> str:
    return ROLE_TOKENS.get(role, "error")


class PaintedButton(QAbstractButton):
    """Enter presses it, a ring shows the focus, and the cursor's stay shows a ground."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paint_ground(self, painter: QPainter, radius: float = 5) -> None:
        """The ground while pointed at, and the ring of the focus."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(color("accent"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        pointed = self.isEnabled() and (self.underMouse() or self.isDown())
        painter.setBrush(color("hover") if pointed else Qt.GlobalColor.transparent)
        painter.drawRoundedRect(area, radius, radius)


def role_font() -> QFont:
    font = ui_font("label", QFont.Weight.DemiBold)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.7)
    return font


@lru_cache(maxsize=64)
def _role_width(text: str) -> int:
    """Measured once a word: a font of its own letter spacing is slow to set up."""
    return QFontMetrics(role_font()).horizontalAdvance(text)


class RoleButton(PaintedButton):
    """The role in its colour; pressing it offers the others."""

    PADDING = 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._role = ""
        self.setToolTip(plain_tooltip("Change the role"))

    def set_role(self, role: str) -> None:
        if role == self._role and self.text():
            return
        self._role = role
        self.setText(role.upper() if role else "NO ROLE")
        self.setAccessibleName(f"Role: {role or 'none'}")
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_role_width(self.text()) + 2 * self.PADDING + 1, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        painter.setPen(color(role_token(self._role)))
        painter.setFont(role_font())
        area = self.rect().adjusted(self.PADDING, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())


class PillButton(PaintedButton):
    """A badge that can be pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._tone = "neutral"
        self._shown: tuple[str, ...] = ()

    def set_pill(self, text: str, tone: str, name: str, tooltip: str) -> None:
        shown = (text, tone, name, tooltip)
        if shown == self._shown:
            return
        self._shown = shown
        self._tone = tone
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(tooltip))
        self.resize(self.sizeHint())
        self.update()

    @property
    def tone(self) -> str:
        return self._tone

    def sizeHint(self) -> QSize:
        return badge_size(self.text(), 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pointed = self.isEnabled() and self.underMouse()
        outline = "accent" if self.hasFocus() else "line_strong" if pointed else ""
        paint_badge(painter, QRectF(self.rect()), self.text(), self._tone, outline)


class GlyphButton(PaintedButton):
    """A square with an icon."""

    SIDE = 26

    def __init__(self, icon_name: str, name: str, tooltip: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._icon = icon_name
        self.setToolTip(plain_tooltip(tooltip))
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(self.SIDE, self.SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter, 7)
        token = "secondary" if self.isEnabled() else "faint"
        pixmap = icon_pixmap(self._icon, token, 16, self.devicePixelRatioF())
        inset = (self.SIDE - 16) / 2
        painter.drawPixmap(QPointF(inset, inset), pixmap)


class DragHandle(GlyphButton):
    """Drags its card up and down, with the mouse, or with the arrow keys while it has the focus.

    `drag_moved` and `drag_ended` carry the place on the screen; `step_requested` -1 or 1.
    """

    drag_moved = Signal(QPoint)
    drag_ended = Signal(QPoint)
    drag_cancelled = Signal()
    step_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("grip-vertical", "Move", "Drag to move, or Alt+Up and Alt+Down", parent)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._pressed_at: QPoint | None = None
        self._is_dragging = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        place = event.globalPosition().toPoint()
        far = (place - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if self._is_dragging or far:
            self._is_dragging = True
            self.drag_moved.emit(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._is_dragging, self._pressed_at = self._is_dragging, False, None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        super().mouseReleaseEvent(event)
        event.accept()
        if dragged:
            self.drag_ended.emit(event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._is_dragging:
            self._is_dragging, self._pressed_at = False, None
            self.drag_cancelled.emit()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not event.modifiers():
            self.step_requested.emit(-1 if event.key() == Qt.Key.Key_Up else 1)
            return
        super().keyPressEvent(event)
