"""Small coloured marks: Badge, CodeBadge, Chip, SeverityIcon, KeyHint."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.theme.icons import icon_pixmap

TONES = {
    "quiet": ("hover", "secondary"),
    "neutral": ("neutral_soft", "on_neutral_soft"),
    "accent": ("accent_soft", "accent"),
    "error": ("error_soft", "on_error_soft"),
    "warning": ("warning_soft", "on_warning_soft"),
    "info": ("info_soft", "on_info_soft"),
    "success": ("success_soft", "on_success_soft"),
    "violet": ("violet_soft", "on_violet_soft"),
}
"""tone -> (ground token, text token)"""

SEVERITY_ICONS = {
    "error": ("circle-x", "error"),
    "warning": ("triangle-alert", "warning"),
    "info": ("info", "info"),
    "success": ("circle-check", "success"),
}


def badge_font() -> QFont:
    return ui_font("label", QFont.Weight.DemiBold)


def badge_size(text: str, height: int = 20) -> QSize:
    """The size of a pill around `text`, for delegates."""
    return QSize(_badge_width(text), height)


@lru_cache(maxsize=512)
def _badge_width(text: str) -> int:
    return QFontMetrics(badge_font()).horizontalAdvance(text) + 20


def paint_badge(painter: QPainter, rect: QRectF, text: str, tone: str, outline: str = "") -> None:
    """Draw one pill; delegates use it too. `outline` is a token for a border."""
    ground, ink = TONES[tone]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color(outline), 2) if outline else Qt.PenStyle.NoPen)
    painter.setBrush(color(ground))
    body = rect.adjusted(1, 1, -1, -1) if outline else rect
    painter.drawRoundedRect(body, body.height() / 2, body.height() / 2)
    painter.setPen(color(ink))
    painter.setFont(badge_font())
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
    painter.restore()


class Badge(QWidget):
    """A pill with a word in it; `tone` is quiet, neutral, accent, error, warning, info, success or violet."""

    def __init__(self, text: str = "", tone: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def tone(self) -> str:
        return self._tone

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        return badge_size(self._text)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_badge(QPainter(self), QRectF(self.rect()), self._text, self._tone)


class CodeBadge(Badge):
    """The code of a rule in the colour of its severity ("error", "warning", "info")."""

    def __init__(self, code: str, severity: str, parent: QWidget | None = None) -> None:
        super().__init__(code, severity, parent)
        self.setAccessibleName(f"{code}, {severity}")


class Chip(QAbstractButton):
    """A toggle with a count, for filters: All 120."""

    def __init__(
        self, text: str, count: int | None = None, tone: str = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self._count = count
        self.setCheckable(True)
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name()

    def set_count(self, count: int | None) -> None:
        """None hides the count."""
        self._count = count
        self._name()
        self.updateGeometry()
        self.update()

    def count(self) -> int | None:
        return self._count

    def set_tone(self, tone: str) -> None:
        self._tone = tone
        self.update()

    def sizeHint(self) -> QSize:
        return badge_size(self._shown(), 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        calm = "warning" if self._tone == "warning" else "error" if self._tone == "error" else "quiet"
        tone = self._tone if self.isChecked() else calm
        outline = "accent" if self.hasFocus() else ""
        if not outline and self.isChecked() and calm != "quiet":
            outline = self._tone
        if not outline and self.underMouse():
            outline = "line_strong"
        paint_badge(painter, QRectF(self.rect()), self._shown(), tone, outline)

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def _shown(self) -> str:
        return self.text() if self._count is None else f"{self.text()} {self._count:,}"

    def _name(self) -> None:
        self.setAccessibleName(self._shown())


class SeverityIcon(QWidget):
    """A solid mark: error, warning, info or success. The word belongs beside it; this is its shape."""

    def __init__(self, severity: str = "info", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = size
        self._severity = severity
        self.setFixedSize(size, size)
        self.set_severity(severity)

    def set_severity(self, severity: str) -> None:
        self._severity = severity
        self.setAccessibleName(severity)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        name, token = SEVERITY_ICONS[self._severity]
        pixmap = icon_pixmap(name, token, self._side, self.devicePixelRatioF(), "raised")
        QPainter(self).drawPixmap(QPointF(0, 0), pixmap)


class KeyHint(QWidget):
    """A key cap with the word for what it does: [J] next. A click on it asks for the same."""

    def __init__(self, key: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._text = text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{key}: {text}" if text else key)

    def _cap_width(self) -> int:
        return max(24, QFontMetrics(badge_font()).horizontalAdvance(self._key) + 14)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(ui_font("small")).horizontalAdvance(self._text) + 7 if self._text else 0
        return QSize(self._cap_width() + words, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cap = QRectF(0.5, 0.5, self._cap_width() - 1, self.height() - 1)
        painter.setPen(color("line"))
        painter.setBrush(color("hover"))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(color("secondary"))
        painter.setFont(badge_font())
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        if self._text:
            painter.setFont(ui_font("small"))
            rest = QRectF(cap.right() + 7, 0, self.width() - cap.right(), self.height())
            painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, self._text)
