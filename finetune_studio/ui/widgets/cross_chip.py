"""A chip with a cross at its right, such as a tag or a term of a filter."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.icons import icon_pixmap
from finetune_studio.ui.widgets.badge import TONES, badge_font, badge_size, paint_badge

_CROSS = 12
CHIP_HEIGHT = 22


class CrossChip(QAbstractButton):
    """`under_mouse` colours its line while the mouse is over it. Without `has_cross` it is a label."""

    def __init__(
        self,
        words: str,
        tone: str,
        under_mouse: str,
        widest: int,
        has_cross: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._tone = tone
        self._under_mouse = under_mouse
        self._widest = widest
        self._has_cross = has_cross
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        extra = _CROSS + 2 if self._has_cross else 0
        return QSize(min(badge_size(self._words, CHIP_HEIGHT).width() + extra, self._widest), CHIP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = TONES[self._tone][1]
        outline = "accent" if self.hasFocus() else self._under_mouse if self.underMouse() else ""
        paint_badge(painter, QRectF(self.rect()), "", self._tone, outline)
        painter.setFont(badge_font())
        painter.setPen(color(ink))
        room = self.width() - 20 - (_CROSS + 2 if self._has_cross else 0)
        text = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(QRectF(10, 0, room + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        if self._has_cross:
            pixmap = icon_pixmap("x", ink, _CROSS, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() - _CROSS - 7, (self.height() - _CROSS) / 2), pixmap)

    def is_on_cross(self, x: float) -> bool:
        """Whether a place is on the cross, counted from the left edge."""
        return self._has_cross and x >= self.width() - _CROSS - 10

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()
