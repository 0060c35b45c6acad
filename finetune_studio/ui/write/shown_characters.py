"""Draws into an editor what has no look of its own: names of invisible characters, marks for white space."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import QPlainTextEdit

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import ui_font
from finetune_studio.ui.write.character_names import names_in
from finetune_studio.ui.write.code_blocks import CodeBlocks
from finetune_studio.ui.write.findings_marks import to_units

_SIZE = 0.62
"""Of a name, as part of the text's size."""
_PADDING = 3.0
_ROOM = 3.0
"""Pixels around the box of a name."""
_WHITE_SPACE = re.compile("[ \t\u00a0\u202f]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_WHITE = {" ": "·", "\t": "→", "\u00a0": "°", "\u202f": "°"}


@dataclass
class Run:
    """(name, severity) of characters side by side."""

    start: int
    end: int
    names: list[tuple[str, str]]


class NamedFormats(CodeBlocks):
    """Blocks of code in mono, and room behind each character that is named there.

    It does not hold the editor: a highlighter and its editor that hold each other end when the garbage is
    collected, in whichever thread that is.
    """

    def __init__(self, document: QTextDocument, font: QFont) -> None:
        self._names = font
        super().__init__(document)

    def set_font(self, font: QFont) -> None:
        """That of the names, which are as wide as it makes them."""
        self._names = font
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        super().highlightBlock(text)
        named = names_in(text)
        if not named:
            return
        metrics = QFontMetricsF(self._names)
        for at, name, _severity in named:
            place = to_units(text, at)
            style = QTextCharFormat(self.format(place))
            style.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
            style.setFontLetterSpacing(_width_of(name, metrics))
            self.setFormat(place, to_units(text, at + 1) - place, style)


def has_named(text: str) -> bool:
    """Whether a text needs the room."""
    return bool(names_in(text))


def name_font(editor: QPlainTextEdit) -> QFont:
    """That of the names, in step with the zoom of the text."""
    font = ui_font("small", QFont.Weight.DemiBold)
    font.setPixelSize(max(7, round(editor.font().pixelSize() * _SIZE)))
    return font


def _width_of(name: str, metrics: QFontMetricsF) -> float:
    return metrics.horizontalAdvance(name) + 2 * (_PADDING + _ROOM)


def paint_names(editor: QPlainTextEdit, painter: QPainter, area: QRectF) -> None:
    """A small box with the name of each character that is named, in the room that it has."""
    font = name_font(editor)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    for block, origin in _blocks_in(editor, area):
        for run in _runs(block.text(), block.layout()):
            _paint_run(painter, metrics, block.layout(), origin, run)


def _runs(text: str, layout: QTextLayout) -> list[Run]:
    """Names with the UTF-16 units where they begin and end; what Qt counts as one place stays together."""
    runs: list[Run] = []
    for at, name, severity in names_in(text):
        start = to_units(text, at)
        end = start + (2 if text[at] > "\uffff" else 1)
        if runs and runs[-1].end == start and not layout.isValidCursorPosition(start):
            runs[-1].names.append((name, severity))
            runs[-1].end = end
        else:
            runs.append(Run(start, end, [(name, severity)]))
    for run in runs:
        while run.start and not layout.isValidCursorPosition(run.start):
            run.start -= 1
        while run.end < len(text) and not layout.isValidCursorPosition(run.end):
            run.end += 1
    return runs


def _paint_run(
    painter: QPainter, metrics: QFontMetricsF, layout: QTextLayout, origin: QPointF, run: Run
) -> None:
    first, last = _edge(layout, run.start, origin), _edge(layout, run.end, origin)
    if first is None or last is None:
        return
    widths = [_width_of(name, metrics) for name, _ in run.names]
    total = sum(widths)
    left, right = sorted((first.left(), last.left()))
    if last.top() != first.top():
        is_on_last = last.left() - origin.x() >= total - 1
        place, x = (last, last.left() - total) if is_on_last else (first, first.left())
    elif right - left < total - 1:
        _paint_flag(painter, first, run.names[0][1])
        return
    else:
        place, x = first, left if first.left() > last.left() else right - total
    for (name, severity), width in zip(run.names, widths, strict=True):
        height = round(metrics.height()) + 1
        top = round(place.center().y() - height / 2) + 0.5
        box = QRectF(round(x + _ROOM) + 0.5, top, round(width - 2 * _ROOM), height)
        painter.setBrush(color(f"{severity}_soft"))
        painter.setPen(QPen(color(severity), 1))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(color(f"on_{severity}_soft"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        x += width


def _paint_flag(painter: QPainter, place: QRectF, severity: str) -> None:
    """Where Qt gives no room, as for a soft hyphen: a thin line with a flag."""
    x, top = round(place.left()), place.top() + 1
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(severity))
    painter.drawRect(QRectF(x, top + 2, 1, place.height() - 3))
    corners = (QPointF(x - 3, top), QPointF(x + 4, top), QPointF(x + 0.5, top + 4))
    painter.drawPolygon(QPolygonF(corners))


def paint_white_space(editor: QPlainTextEdit, painter: QPainter, area: QRectF) -> None:
    """Dots for spaces, arrows for tabs and a mark for each line end, fainter than the text."""
    painter.setFont(editor.font())
    painter.setPen(QColor(color("faint")))
    last_block = editor.document().lastBlock()
    for block, origin in _blocks_in(editor, area):
        text, layout = block.text(), block.layout()
        named = {to_units(text, at) for at, _, _ in names_in(text)}
        units = _ASTRAL.sub("\\g<0>\0", text)  # One character for each UTF-16 unit.
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            top = origin.y() + line.y()
            if top + line.height() < area.top() or top > area.bottom():
                continue
            start = line.textStart()
            for match in _WHITE_SPACE.finditer(units, start, start + line.textLength()):
                if match.start() not in named:
                    _paint_mark(painter, _WHITE[match.group()], line, match.start(), origin)
        if block != last_block:
            end = _edge(layout, len(units), origin)
            if end is not None:
                painter.drawText(QPointF(end.left() + 1, end.top() + _ascent(layout)), "¶")


def _paint_mark(painter: QPainter, mark: str, line: QTextLine, place: int, origin: QPointF) -> None:
    left, right = _x_of(line, place), _x_of(line, place + 1)
    if place + 1 >= line.textStart() + line.textLength():
        right = max(right, left + line.height() / 4)
    box = QRectF(origin.x() + left, origin.y() + line.y(), right - left, line.height())
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, mark)


def _ascent(layout: QTextLayout) -> float:
    line = layout.lineAt(layout.lineCount() - 1)
    return line.ascent() if line.isValid() else 0.0


def _blocks_in(editor: QPlainTextEdit, area: QRectF) -> Iterator[tuple[QTextBlock, QPointF]]:
    """Each block of an area of the viewport, and where it begins there."""
    origin = editor.contentOffset()
    block = editor.firstVisibleBlock()
    while block.isValid():
        place = editor.blockBoundingGeometry(block).translated(origin)
        if place.top() > area.bottom():
            return
        if place.bottom() >= area.top():
            yield block, place.topLeft()
        block = block.next()


def _edge(layout: QTextLayout, place: int, origin: QPointF) -> QRectF | None:
    """A thin rectangle where a character begins, as tall as its line."""
    line = layout.lineForTextPosition(place)
    if not line.isValid():
        return None
    return QRectF(origin.x() + _x_of(line, place), origin.y() + line.y(), 0, line.height())


def _x_of(line: QTextLine, place: int) -> float:
    """PySide6 gives the place too, which cursorToX may move."""
    found: Any = line.cursorToX(place)
    return float(found[0] if isinstance(found, tuple) else found)
