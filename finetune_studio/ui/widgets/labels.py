"""Labels that show plain text, whatever the text looks like."""

import html

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from finetune_studio.ui.widgets.style import set_style_property


class Label(QLabel):
    """Plain-text label; `type` is a style of the stylesheet (title, hero, section, label, secondary, small,
    strong, message, mono) and `tone` a colour (error, warning, info, success, accent, secondary)."""

    def __init__(self, text: str = "", type: str = "", tone: str = "", parent: QWidget | None = None) -> None:  # noqa: A002
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if type:
            self.setProperty("type", type)
        if tone:
            self.setProperty("tone", tone)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        set_style_property(self, "tone", tone)


class SectionLabel(QWidget):
    """An upper-case heading with an optional count: FINDINGS 2."""

    def __init__(self, text: str, count: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._title = Label(type="section", parent=self)
        self._count = Label(type="section", parent=self)
        layout.addWidget(self._title)
        layout.addWidget(self._count)
        layout.addStretch(1)
        self.set_text(text)
        self.set_count(count)

    def set_text(self, text: str) -> None:
        self._title.setText(text.upper())
        self._title.setAccessibleName(text)

    def set_count(self, count: int | None) -> None:
        """Show the count behind the heading; None hides it."""
        self._count.setVisible(count is not None)
        self._count.setText("" if count is None else f"{count:,}")


class ElidedLabel(Label):
    """One line that ends in an ellipsis where there is no room; the whole text is in the tooltip."""

    def __init__(
        self,
        text: str = "",
        type: str = "",  # noqa: A002
        tone: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        self._full = ""
        self._mode = mode
        super().__init__("", type, tone, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._full = " ".join(text.split())
        self.setAccessibleName(self._full)
        self._elide()
        self.updateGeometry()

    def full_text(self) -> str:
        return self._full

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        hint.setWidth(self.fontMetrics().horizontalAdvance(self._full) + 2)
        return hint

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        hint.setWidth(24)
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._full, self._mode, max(self.width(), 24))
        if shown != self.text():
            super().setText(shown)
        self.setToolTip(plain_tooltip(self._full) if shown != self._full else "")


class LineHeightLabel(Label):
    """Wrapped text with 140 % line height, which QLabel cannot do."""

    def __init__(
        self,
        text: str = "",
        type: str = "",  # noqa: A002
        tone: str = "",
        line_height: float = 1.4,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        self._line_height = line_height
        self._align = align
        self._lines: dict[int, int] = {}
        """How many lines the text takes, by width: layouts ask again and again."""
        super().__init__("", type, tone, parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setWordWrap(True)
        self.setText(text)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        width = min(width, self.maximumWidth())  # an aligned item is asked with the width of its layout
        margins = self.contentsMargins()
        room = width - margins.left() - margins.right()
        lines = self._lines.get(room)
        if lines is None:
            lines = self._lines[room] = sum(layout.lineCount() for layout in self._layouts(room))
        return max(1, lines) * self._step() + margins.top() + margins.bottom()

    def setText(self, text: str) -> None:
        self._lines.clear()
        super().setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Another font breaks the lines elsewhere."""
        self._lines.clear()
        super().changeEvent(event)

    def sizeHint(self) -> QSize:
        width = max(
            (self.fontMetrics().horizontalAdvance(part) for part in self.text().split("\n")), default=0
        )
        width = min(width + 2, 420)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._step())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        lead = (self._step() - self.fontMetrics().height()) / 2
        layouts = self._layouts(area.width())
        spare = area.height() - self._step() * sum(layout.lineCount() for layout in layouts)
        centred = bool(self.alignment() & Qt.AlignmentFlag.AlignVCenter)
        y = area.top() + (max(0, spare) // 2 if centred else 0)
        for layout in layouts:
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                line.draw(painter, QPointF(area.left(), y + lead - line.y()))
                y += self._step()

    def _step(self) -> int:
        return round(self.fontMetrics().height() * self._line_height / 1.21)

    def _layouts(self, width: int) -> list[QTextLayout]:
        layouts = []
        option = QTextOption(self._align)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        for part in self.text().split("\n"):
            layout = QTextLayout(part or " ", self.font())
            layout.setTextOption(option)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 20))
            layout.endLayout()
            layouts.append(layout)
        return layouts


def plain_tooltip(text: str, limit: int = 800) -> str:
    """Text for setToolTip that Qt cannot take for HTML; long data is cut."""
    cut = text if len(text) <= limit else f"{text[:limit]}…"
    return f'<span style="white-space:pre-wrap">{html.escape(cut)}</span>'
