"""Wrapped text with marked stretches, painted: a text editor for each message would be too much."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font

LINE_HEIGHT = 1.16
"""Times the font's own line spacing: 140 % of the font size."""

Span = tuple[int, int]


def mark_formats(text: str, spans: Sequence[Span], tone: str) -> list[QTextLayout.FormatRange]:
    """Formats for stretches given in code points; QTextLayout counts UTF-16 units."""
    formats = []
    for start, end in spans:
        style = QTextCharFormat()
        style.setBackground(color("highlight" if tone == "highlight" else f"{tone}_soft"))
        style.setForeground(color("on_warning_soft" if tone == "highlight" else f"on_{tone}_soft"))
        one = QTextLayout.FormatRange()
        one.start = utf16_length(text[:start])
        one.length = utf16_length(text[start:end])
        one.format = style
        formats.append(one)
    return formats


def utf16_length(text: str) -> int:
    """Code units as Qt counts them."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def lay_out_text(text: str, font: QFont, width: int, step: float) -> QTextLayout:
    """Wrap a text of any number of lines, each `step` high."""
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text.replace("\n", "\u2028") or " ", font)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, y + (step - line.height()) / 2))
        y += step
    layout.endLayout()
    return layout


class MarkedText(QWidget):
    """Plain text always; `spans` are in code points, `tone` is highlight or a severity."""

    def __init__(
        self,
        text: str,
        spans: Sequence[Span] = (),
        tone: str = "highlight",
        size: str = "message",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text.replace("\r\n", "\n").replace("\r", "\n") if not spans else text
        self._spans = tuple(spans)
        self._tone = tone
        self._font: QFont = ui_font(size)
        self._step = QFontMetrics(self._font).lineSpacing() * LINE_HEIGHT
        self._known: tuple[int, QTextLayout, int] | None = None
        self.setAccessibleName(text[:400])
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def text(self) -> str:
        return self._text

    @property
    def spans(self) -> tuple[Span, ...]:
        return self._spans

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width)[1]

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, round(self._step))

    def paintEvent(self, event: QPaintEvent) -> None:
        layout, _height = self._lay_out(self.width())
        painter = QPainter(self)
        painter.setPen(color("text"))
        formats = mark_formats(self._text, self._spans, self._tone)
        layout.draw(painter, QPointF(0, 0), formats)

    def _lay_out(self, width: int) -> tuple[QTextLayout, int]:
        width = max(width, 40)
        if self._known is not None and self._known[0] == width:
            return self._known[1], self._known[2]
        layout = lay_out_text(self._text, self._font, width, self._step)
        height = max(round(layout.lineCount() * self._step), round(self._step))
        self._known = (width, layout, height)
        return layout, height
