"""A tool call as it is read: the name and its arguments in mono, on a button that opens the form."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.message import ToolCall
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_node import NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import mono_font, ui_font
from finetune_studio.ui.write.mini_buttons import PaintedButton

MAX_LINES = 14
_LINE = 19
_KEY_INDENT = 16
_VALUE_LIMIT = 400
_LOOKED_AT = 50_000


def check_json(text: str) -> tuple[bool, str]:
    """(valid, in words) of the arguments of a call, which should be one JSON object."""
    try:
        node = parse(text.encode("utf-8", "surrogatepass"))
    except JsonSyntaxError as error:
        return False, f"Not valid JSON: {error.text}"
    if node.kind is not NodeKind.OBJECT:
        return False, "Valid JSON, but a tool takes an object: { … }"
    return True, "Valid JSON"


def argument_lines(arguments: str) -> list[tuple[str, str]] | None:
    """(key, value) to read, each on one line; None when the text is not a JSON object."""
    if not check_json(arguments)[0]:
        return None
    node = parse(arguments.encode("utf-8", "surrogatepass"))
    lines = []
    for member in node.members:
        raw = member.value.raw[: _VALUE_LIMIT * 4].decode("utf-8", "replace")
        value = member.value.value() if member.value.kind is NodeKind.STRING else " ".join(raw.split())
        lines.append((str(member.key), str(value)[:_VALUE_LIMIT]))
    return lines


def is_json(text: str) -> bool:
    """Whether an answer is a JSON object or list; long ones are not looked at."""
    if len(text) > _LOOKED_AT or not text.strip().startswith(("{", "[")):
        return False
    try:
        parse(text.encode("utf-8", "surrogatepass"))
    except JsonSyntaxError:
        return False
    return True


class CallSummary(PaintedButton):
    """Name and arguments in mono; pressing it opens the form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._call = ToolCall(None, "", "")
        self._lines: list[tuple[str, str]] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_call(self, call: ToolCall) -> None:
        self._call = call
        found = argument_lines(call.arguments)
        if found is None:
            found = [("", line) for line in call.arguments[:2000].splitlines()[:MAX_LINES]]
        if len(found) > MAX_LINES:
            found = [*found[: MAX_LINES - 1], ("", f"and {len(found) - MAX_LINES + 1:,} more")]
        self._lines = found
        words = ", ".join(f"{key} {value}".strip() for key, value in found)
        self.setAccessibleName(f"Tool call {call.name}: {words}. Press Enter to edit it.")
        self.update()

    def lines(self) -> list[tuple[str, str]]:
        return list(self._lines)

    def wanted_height(self) -> int:
        return _LINE * (1 + len(self._lines)) + 6

    def sizeHint(self) -> QSize:
        return QSize(200, self.wanted_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter, 6)
        metrics = QFontMetrics(mono_font())
        x, y = 4, 3
        painter.setFont(mono_font())
        painter.setPen(color("text" if self._call.name else "error"))
        name = self._call.name or "no function name"
        painter.drawText(QRect(x, y, self.width() - 8, _LINE), Qt.AlignmentFlag.AlignVCenter, name)
        if self._call.id:
            after = x + metrics.horizontalAdvance(name) + 14
            painter.setPen(color("secondary"))
            painter.setFont(ui_font("small"))
            painter.drawText(
                QRect(after, y, self.width(), _LINE), Qt.AlignmentFlag.AlignVCenter, self._call.id[:60]
            )
            painter.setFont(mono_font())
        widest = max((metrics.horizontalAdvance(key) for key, _ in self._lines), default=0)
        values = x + _KEY_INDENT + (min(widest, self.width() // 3) + 24 if widest else 0)
        for key, value in self._lines:
            y += _LINE
            painter.setPen(color("secondary"))
            room = QRect(x + _KEY_INDENT, y, values - x - _KEY_INDENT - 8, _LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, _one_line(key, metrics, room.width()))
            painter.setPen(color("text"))
            room = QRect(values, y, self.width() - values - 6, _LINE)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, _one_line(value, metrics, room.width()))


def _one_line(text: str, metrics: QFontMetrics, width: int) -> str:
    return metrics.elidedText(text.replace("\n", "↵").replace("\r", ""), Qt.TextElideMode.ElideRight, width)
