"""The messages of one member of a group, painted as one: a widget for each would take too long."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_studio.ui.check.groups import GroupMessage
from finetune_studio.ui.check.marked_text import LINE_HEIGHT, lay_out_text, mark_formats
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font

_WIDTHS = 6
"""Widths whose layouts are kept."""
_ROLE_GAP = 6
_MESSAGE_GAP = 12
_TONES = {
    "system": "role_system",
    "developer": "role_developer",
    "user": "role_user",
    "assistant": "role_assistant",
    "tool": "role_tool",
}


class GroupText(QWidget):
    """Role and text of each message; a message without a role is a note."""

    def __init__(self, messages: Sequence[GroupMessage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = tuple(messages)
        self._text_font = ui_font("message")
        self._role_font = ui_font("label", QFont.Weight.DemiBold)
        self._note_font = ui_font("small")
        self._step = QFontMetrics(self._text_font).lineSpacing() * LINE_HEIGHT
        self._role_height = QFontMetrics(self._role_font).height()
        self._note_height = QFontMetrics(self._note_font).height()
        self._known: dict[int, tuple[list[QTextLayout | None], int]] = {}
        """Layouts by width: laying out a window asks for several."""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("\n".join(f"{one.role} {one.text}" for one in messages)[:2000])

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width)[1]

    def sizeHint(self) -> QSize:
        width = max(self.width(), 200)
        return QSize(200, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, round(self._step))

    def paintEvent(self, event: QPaintEvent) -> None:
        layouts, _height = self._lay_out(self.width())
        painter = QPainter(self)
        y = 0.0
        for message, layout in zip(self.messages, layouts, strict=True):
            if layout is None:
                painter.setFont(self._note_font)
                painter.setPen(color("secondary"))
                painter.drawText(QRectF(0, y, self.width(), self._note_height), _LEFT, message.text)
                y += self._note_height + _MESSAGE_GAP
                continue
            painter.setFont(self._role_font)
            painter.setPen(color(_TONES.get(message.role, "secondary")))
            painter.drawText(QRectF(0, y, self.width(), self._role_height), _LEFT, message.role.upper())
            y += self._role_height + _ROLE_GAP
            painter.setPen(color("text" if message.text else "secondary"))
            layout.draw(painter, QPointF(0, y), mark_formats(message.text, message.spans, "highlight"))
            y += layout.lineCount() * self._step + _MESSAGE_GAP

    def _lay_out(self, width: int) -> tuple[list[QTextLayout | None], int]:
        width = max(width, 40)
        if (known := self._known.get(width)) is not None:
            return known
        layouts: list[QTextLayout | None] = []
        y = 0.0
        for message in self.messages:
            if not message.role:
                layouts.append(None)
                y += self._note_height + _MESSAGE_GAP
                continue
            layout = lay_out_text(message.text or "Empty", self._text_font, width, self._step)
            layouts.append(layout)
            y += self._role_height + _ROLE_GAP + layout.lineCount() * self._step + _MESSAGE_GAP
        height = max(round(y - _MESSAGE_GAP), 1)
        if len(self._known) >= _WIDTHS:
            self._known.clear()
        self._known[width] = layouts, height
        return layouts, height


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
