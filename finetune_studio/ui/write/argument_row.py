"""One argument of a tool call: its name, and the field that fits its type."""

import json

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from finetune_studio.formats.tool_arguments import Argument
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.theme.fonts import mono_font, ui_font
from finetune_studio.ui.widgets import ComboBox, Label, StudioLineEdit, plain_tooltip
from finetune_studio.ui.write.framed_editor import FramedEditor

_FIELD = 32
_NOTE = 20
_GAP = 8
_SHOWN = 120
NOT_SET = "Not set"


class ArgumentRow(QWidget):
    """`edited(row, text)`: what was typed, or the JSON text of what was chosen; "" where it is not set."""

    edited = Signal(object, str)
    height_changed = Signal()

    def __init__(self, argument: Argument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.argument = argument
        self._label_width = 0
        self.field: QWidget = self._make_field(argument)
        self.note = Label(type="small", tone="warning", parent=self)
        self.note.hide()
        needed = ", required" if argument.required else ""
        self.input.setAccessibleName(f"Argument {argument.name[:_SHOWN]}{needed}")
        self.input.setAccessibleDescription(argument.description[:400])
        self.setToolTip(plain_tooltip(argument.description) if argument.description else "")
        self.show_argument(argument)

    @staticmethod
    def kind_of(argument: Argument) -> tuple[object, ...]:
        """Equal for arguments that one row can show."""
        return (argument.name, argument.kind, argument.choices, argument.required, argument.description)

    def _make_field(self, argument: Argument) -> QWidget:
        if argument.choices or argument.kind == "boolean":
            box = ComboBox()
            box.setParent(self)
            if not argument.required or not argument.is_set:
                box.addItem(NOT_SET, "")
            for choice in argument.choices or ("true", "false"):
                box.addItem(_plain(choice), choice)
            box.activated.connect(self._on_box_activated)
            return box
        if argument.kind in ("number", "integer"):
            line = StudioLineEdit(parent=self)
            line.setPlaceholderText("A number" if argument.kind == "number" else "A whole number")
            line.textEdited.connect(self._on_line_edited)
            return line
        text = argument.kind == "string"
        frame = FramedEditor("" if text else "mono", 20, self, padding=3)
        frame.editor.setPlaceholderText("" if text else "JSON")
        frame.editor.edited.connect(self._on_editor_edited)
        frame.editor.height_changed.connect(self.height_changed)
        return frame

    @property
    def input(self) -> QWidget:
        """What takes the focus."""
        return self.field.editor if isinstance(self.field, FramedEditor) else self.field

    def show_argument(self, argument: Argument) -> None:
        """Show a value; a field that says the same already is left alone."""
        self.argument = argument
        field = self.field
        if isinstance(field, FramedEditor):
            field.editor.set_true_text(argument.text)
        elif isinstance(field, StudioLineEdit) and field.text() != argument.text:
            field.setText(argument.text)
        elif isinstance(field, ComboBox):
            field.setCurrentIndex(field.findData(argument.text))

    def set_writable(self, writable: bool) -> None:
        self.field.setEnabled(writable)

    def tell(self, words: str, tone: str = "warning") -> None:
        """A line below the field; empty hides it."""
        if words == self.note.text() and bool(words) != self.note.isHidden():
            return
        was_shown = not self.note.isHidden()
        self.note.setText(words)
        self.note.set_tone(tone)
        self.note.setVisible(bool(words))
        if was_shown != bool(words):
            self.height_changed.emit()

    def label_width(self) -> int:
        """What its name would like to have."""
        return QFontMetrics(mono_font()).horizontalAdvance(self._name()) + 16

    def place(self, width: int, label: int) -> int:
        """Lay out in a width; returns the height."""
        self._label_width = label
        room = width - label
        height = self.field.height_for(room) if isinstance(self.field, FramedEditor) else _FIELD
        self.field.setGeometry(label, 0, room, height)
        if not self.note.isHidden():
            self.note.setGeometry(label + 2, height + 1, room, _NOTE)
            height += _NOTE
        self.update()
        return height

    def _name(self) -> str:
        return " ".join(self.argument.name[:_SHOWN].split()) + (" *" if self.argument.required else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(mono_font())
        painter.setPen(color("secondary"))
        room = QRect(0, 0, self._label_width - 10, _FIELD)
        metrics = QFontMetrics(mono_font())
        name = metrics.elidedText(self._name(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        if not self.argument.is_known:
            painter.setFont(ui_font("small"))
            place = QRect(0, _FIELD - 6, self._label_width - 10, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, "not defined")

    @Slot(int)
    def _on_box_activated(self, index: int) -> None:
        if isinstance(self.field, ComboBox):
            self.edited.emit(self, str(self.field.itemData(index) or ""))

    @Slot(str)
    def _on_line_edited(self, text: str) -> None:
        self.edited.emit(self, text.strip())

    @Slot(object)
    def _on_editor_edited(self, text: str) -> None:
        self.edited.emit(self, text)


def _plain(choice: str) -> str:
    """A choice as it is read: the text of a string, else its JSON."""
    try:
        value = json.loads(choice)
    except ValueError:
        value = None
    shown = value if isinstance(value, str) and value else choice
    return " ".join(shown[:_SHOWN].split()) or choice
