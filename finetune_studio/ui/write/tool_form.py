"""The fields of a tool's definition: name, description, and a block for each parameter."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.formats import tool_definition as definition
from finetune_studio.formats.tool_definition import KINDS, OTHER, Parameter
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    FormRow,
    IconButton,
    Label,
    LineHeightLabel,
    ScrollColumn,
    SectionLabel,
    StudioLineEdit,
    StudioTextEdit,
)

_KIND_WORDS = {
    "string": "Text",
    "number": "Number",
    "integer": "Whole number",
    "boolean": "Yes or no",
    "array": "List",
    "object": "Object",
    "": "Any",
}
_WITH_CHOICES = ("string", "number", "integer", "")


class ParameterBlock(QFrame):
    """One parameter. `edited(name, what, value)`: what is name, kind, words, required, choices or a deed."""

    edited = Signal(str, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "card")
        self.parameter = Parameter("")
        self.name = StudioLineEdit(placeholder="Name")
        self.name.setProperty("type", "mono")
        self.kind = ComboBox("Type")
        for key in (*KINDS, ""):
            self.kind.addItem(_KIND_WORDS[key], key)
        self.required = QCheckBox("Required")
        self.up = IconButton("arrow-up", "Move the parameter up")
        self.down = IconButton("arrow-down", "Move the parameter down")
        self.remove = IconButton("trash-2", "Remove the parameter")
        self.words = StudioLineEdit(placeholder="What it is, for the model")
        self.choices = StudioLineEdit(placeholder="Only these values, with commas between (optional)")
        self.note = Label(type="small")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.name, 3)
        first.addWidget(self.kind, 2)
        second = QHBoxLayout()
        second.setSpacing(2)
        second.addWidget(self.required)
        second.addStretch(1)
        for button in (self.up, self.down, self.remove):
            second.addWidget(button)
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 12, 12, 8)
        body.setSpacing(8)
        body.addLayout(first)
        body.addWidget(self.words)
        body.addWidget(self.choices)
        body.addWidget(self.note)
        body.addLayout(second)

    def _connect(self) -> None:
        self.name.textEdited.connect(self._on_name_edited)
        self.kind.activated.connect(self._on_kind_activated)
        self.required.clicked.connect(self._on_required_clicked)
        self.words.textEdited.connect(self._on_words_edited)
        self.choices.textEdited.connect(self._on_choices_edited)
        self.up.clicked.connect(self._on_up_clicked)
        self.down.clicked.connect(self._on_down_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)

    def show_parameter(self, parameter: Parameter, is_first: bool, is_last: bool) -> None:
        """Fill the fields; one that is being typed in is left alone where it says the same."""
        if parameter != self.parameter or not self.name.accessibleName():
            self.parameter = parameter
            _set(self.name, parameter.name)
            _set(self.words, parameter.description)
            if not (self.choices.hasFocus() and self.choices.property("pending")):
                _set(self.choices, parameter.choices)
            self._show_kind(parameter.kind)
            self.required.setChecked(parameter.required)
            self.choices.setVisible(bool(parameter.choices) or parameter.kind in _WITH_CHOICES)
            for field, words in (
                (self.name, "name"),
                (self.kind, "type"),
                (self.words, "description"),
                (self.choices, "values"),
                (self.required, "required"),
            ):
                field.setAccessibleName(f"Parameter {parameter.name}, {words}")
        self.tell(self._hint())
        self.up.setEnabled(not is_first)
        self.down.setEnabled(not is_last)

    def tell(self, words: str, tone: str = "") -> None:
        """A line below the fields; empty hides it."""
        self.note.setText(words)
        self.note.set_tone(tone)
        self.note.setVisible(bool(words))

    def _hint(self) -> str:
        parameter = self.parameter
        if parameter.kind == OTHER:
            return "Its type is one that only the JSON can show."
        if parameter.kind == "object":
            inside = "1 field" if parameter.inner == 1 else f"{parameter.inner:,} fields"
            return f"An object with {inside}; they are edited in the JSON."
        return (
            "What the list holds is edited in the JSON, under “items”." if parameter.kind == "array" else ""
        )

    def _show_kind(self, kind: str) -> None:
        other = self.kind.findData(OTHER)
        if kind == OTHER and other < 0:
            self.kind.addItem("As in the JSON", OTHER)
        elif kind != OTHER and other >= 0:
            self.kind.removeItem(other)
        self.kind.setCurrentIndex(self.kind.findData(kind))

    @Slot(str)
    def _on_name_edited(self, text: str) -> None:
        self.edited.emit(self.parameter.name, "name", text)

    @Slot(int)
    def _on_kind_activated(self, index: int) -> None:
        kind = str(self.kind.itemData(index))
        if kind not in (self.parameter.kind, OTHER):
            self.edited.emit(self.parameter.name, "kind", kind)

    @Slot(bool)
    def _on_required_clicked(self, checked: bool) -> None:
        self.edited.emit(self.parameter.name, "required", checked)

    @Slot(str)
    def _on_words_edited(self, text: str) -> None:
        self.edited.emit(self.parameter.name, "words", text)

    @Slot(str)
    def _on_choices_edited(self, text: str) -> None:
        self.choices.setProperty("pending", True)
        self.edited.emit(self.parameter.name, "choices", text)
        self.choices.setProperty("pending", False)

    @Slot()
    def _on_up_clicked(self) -> None:
        self.edited.emit(self.parameter.name, "move", -1)

    @Slot()
    def _on_down_clicked(self) -> None:
        self.edited.emit(self.parameter.name, "move", 1)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.edited.emit(self.parameter.name, "remove", None)


_EDITS: dict[str, Callable[..., str]] = {
    "name": definition.rename_parameter,
    "kind": definition.set_parameter_kind,
    "words": definition.set_parameter_description,
    "required": definition.set_parameter_required,
    "choices": definition.set_parameter_choices,
    "move": definition.move_parameter,
}


AT_ONCE = 4
"""Blocks that are made before the form is seen; each takes some milliseconds."""


class ToolForm(ScrollColumn):
    """`changed(text)` when the person edited a field; the text is the whole definition."""

    changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=2, spacing=12, parent=parent)
        self._text = ""
        self._parameters: tuple[Parameter, ...] = ()
        self.blocks: list[ParameterBlock] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_timer_timeout)
        self.name = StudioLineEdit(placeholder="get_weather")
        self.name.setProperty("type", "mono")
        self.description = StudioTextEdit(
            "What it does, and when the model should call it", grows=True, max_lines=8
        )
        self.heading = SectionLabel("Parameters")
        self.none = LineHeightLabel("It takes no parameters.", type="secondary")
        self.add = Button("Add a parameter", icon_name="plus")
        self.body.addWidget(FormRow("Name", self.name))
        self.body.addWidget(FormRow("Description", self.description))
        self.body.addWidget(self.heading)
        self.body.addWidget(self.none)
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(10)
        self.body.addLayout(self._blocks)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self.name.textEdited.connect(self._on_name_edited)
        self.description.textChanged.connect(self._on_description_changed)
        self.add.clicked.connect(self._on_add_clicked)

    def show_text(self, text: str) -> None:
        """Show a definition; raises InputError where it is none."""
        fields = definition.read_fields(text)
        self._text = text
        _set(self.name, fields.name)
        if self.description.toPlainText() != fields.description:
            self.description.blockSignals(True)
            self.description.set_text(fields.description)
            self.description.blockSignals(False)
            self.description.updateGeometry()
        self.heading.set_count(len(fields.parameters) or None)
        self.none.setText(fields.problem or "It takes no parameters.")
        self.none.setVisible(not fields.parameters)
        self._parameters = fields.parameters
        self._fill_blocks(AT_ONCE)

    def _fill_blocks(self, most: int) -> None:
        """Make the blocks that are missing, `most` of them now and the rest a few at a time."""
        count = len(self._parameters)
        while len(self.blocks) > count:
            block = self.blocks.pop()
            block.hide()
            self._blocks.removeWidget(block)
            block.deleteLater()
        for _ in range(min(most, count - len(self.blocks))):
            block = ParameterBlock()
            block.edited.connect(self._on_block_edited)
            self._blocks.addWidget(block)
            self.blocks.append(block)
        last = count - 1
        for place, (block, parameter) in enumerate(zip(self.blocks, self._parameters, strict=False)):
            block.show_parameter(parameter, place == 0, place == last)
        if len(self.blocks) < count:
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._fill_blocks(1)

    def _take(self, text: str) -> None:
        if text != self._text:
            self.show_text(text)
            self.changed.emit(text)

    @Slot(str)
    def _on_name_edited(self, text: str) -> None:
        self._take(definition.set_name(self._text, text))

    @Slot()
    def _on_description_changed(self) -> None:
        if self.description.toPlainText() != definition.read_fields(self._text).description:
            self._take(definition.set_description(self._text, self.description.toPlainText()))

    @Slot()
    def _on_add_clicked(self) -> None:
        self._take(definition.add_parameter(self._text))
        self._fill_blocks(len(self._parameters))
        if self.blocks:
            self.blocks[-1].name.setFocus()
            self.blocks[-1].name.selectAll()

    @Slot(str, str, object)
    def _on_block_edited(self, name: str, what: str, value: object) -> None:
        block = self.sender()
        if what == "remove":
            self.add.setFocus()
            self._take(definition.remove_parameter(self._text, name))
            return
        if what == "name" and not str(value).strip():
            self._tell(block, "A parameter needs a name.")
            return
        try:
            self._take(_EDITS[what](self._text, name, value))
        except InputError as error:
            taken = what == "name"
            self._tell(block, f"“{value}” is the name of another parameter." if taken else error.text)

    def _tell(self, block: object, words: str) -> None:
        if isinstance(block, ParameterBlock):
            block.tell(words, "error")


def _set(field: StudioLineEdit, text: str) -> None:
    if field.text() != text:
        field.setText(text)
