"""One tool call of an assistant message: readable lines, or a form with the arguments as JSON text."""

import json

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.message import ToolCall
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_node import NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import mono_font, ui_font
from finetune_studio.ui.widgets import Button, Label, StudioLineEdit
from finetune_studio.ui.write.message_editor import MessageEditor
from finetune_studio.ui.write.mini_buttons import PaintedButton

MAX_LINES = 14
_LINE = 19
_KEY_INDENT = 16
_INSET = 4
_VALUE_LIMIT = 400


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


class JsonField(QWidget):
    """A frame around a mono editor; the line is in the colour of what is wrong."""

    PADDING = 6

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = MessageEditor("mono", self)
        self._is_valid = True
        self.editor.focus_in.connect(self._on_focus_changed)
        self.editor.focus_out.connect(self._on_focus_changed)

    def set_valid(self, valid: bool) -> None:
        self._is_valid = valid
        self.update()

    def height_for(self, width: int) -> int:
        height = max(self.editor.height_for(width - 2 * self.PADDING), 46)
        self.resize(width, height + 2 * self.PADDING)
        self.editor.setGeometry(self.PADDING, self.PADDING, width - 2 * self.PADDING, height)
        return height + 2 * self.PADDING

    @Slot()
    def _on_focus_changed(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.editor.hasFocus()
        token = "accent" if focused else "line" if self._is_valid else "error"
        painter.setPen(QPen(color(token), 2 if focused else 1))
        painter.setBrush(color("field"))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 7, 7)


class ToolCallView(QWidget):
    """`edited(part, text)`: part is "name" or "arguments". `open_changed(bool)` tells of the form."""

    edited = Signal(str, object)
    open_changed = Signal(bool)
    height_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_open = False
        self._writable = True
        self.summary = CallSummary(self)
        self.name = StudioLineEdit(placeholder="Name of the function", parent=self)
        self.name.setProperty("type", "mono")
        self.name.setAccessibleName("Name of the function")
        self.json = JsonField(self)
        self.json.editor.setAccessibleName("Arguments, as JSON")
        self.validity = Label(type="small", parent=self)
        self.done = Button("Done", "link", parent=self)
        for widget in (self.name, self.done):
            widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.summary.clicked.connect(self._on_summary_clicked)
        self.done.clicked.connect(self._on_done_clicked)
        self.name.textEdited.connect(self._on_name_edited)
        self.json.editor.edited.connect(self._on_arguments_edited)
        self.json.editor.height_changed.connect(self.height_changed)

    @property
    def is_open(self) -> bool:
        return self._is_open

    def show_call(self, call: ToolCall, is_open: bool, writable: bool) -> None:
        self._writable = writable
        self._is_open = is_open and writable
        self.summary.show_call(call)
        self.summary.setEnabled(writable)
        if self.name.text() != call.name:
            self.name.setText(call.name)
        self.json.editor.set_true_text(call.arguments)
        self._judge(call.arguments)
        self._show_parts()

    def focus_widgets(self) -> list[QWidget]:
        return [self.name, self.json.editor, self.done] if self._is_open else [self.summary]

    def focus_form(self) -> None:
        """The caret to what is missing: the name, else the arguments."""
        (self.name if not self.name.text() else self.json.editor).setFocus()

    def height_for(self, width: int) -> int:
        if not self._is_open:
            height = self.summary.wanted_height()
            self.summary.setGeometry(0, 0, width, height)
            return height
        inset, width = _INSET, width - 2 * _INSET
        self.name.setGeometry(inset, 2, min(width, 360), 32)
        done = self.done.sizeHint()
        self.done.setGeometry(inset + width - done.width(), 7, done.width(), done.height())
        field = self.json.height_for(width)
        self.json.move(inset, 42)
        self.validity.setGeometry(inset, 42 + field + 3, width, 20)
        return 42 + field + 26

    def _show_parts(self) -> None:
        self.summary.setVisible(not self._is_open)
        for widget in (self.name, self.json, self.validity, self.done):
            widget.setVisible(self._is_open)

    def _judge(self, text: str) -> None:
        valid, words = check_json(text)
        self.validity.setText(words)
        self.validity.set_tone("success" if valid else "error")
        self.json.set_valid(valid)

    @Slot()
    def _on_summary_clicked(self) -> None:
        if self._writable:
            self._is_open = True
            self._show_parts()
            self.open_changed.emit(True)
            self.focus_form()

    @Slot()
    def _on_done_clicked(self) -> None:
        self._is_open = False
        call = ToolCall(None, self.name.text(), self.json.editor.true_text)
        self.summary.show_call(call)
        self._show_parts()
        self.open_changed.emit(False)
        self.summary.setFocus()

    @Slot(str)
    def _on_name_edited(self, text: str) -> None:
        self.edited.emit("name", text)

    @Slot(object)
    def _on_arguments_edited(self, text: str) -> None:
        self._judge(text)
        self.edited.emit("arguments", text)


def skeleton_arguments(parameters: str) -> str:
    """Arguments with the properties of a JSON Schema, empty: what a new call starts from."""
    try:
        properties = json.loads(parameters).get("properties", {}) if parameters else {}
        empty = {str(key): _empty_value(schema) for key, schema in properties.items()}
    except (ValueError, AttributeError):
        return "{}"
    return json.dumps(empty, ensure_ascii=False)


def _empty_value(schema: object) -> object:
    kind = schema.get("type") if isinstance(schema, dict) else None
    empties: dict[object, object] = {"number": 0, "integer": 0, "boolean": False, "array": [], "object": {}}
    return empties.get(kind, "")
