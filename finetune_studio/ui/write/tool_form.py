"""The fields of a tool's definition: name, description, and a block for each parameter."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.formats import tool_definition as definition
from finetune_studio.formats.schema_places import Path
from finetune_studio.formats.tool_definition import DEPTH, KINDS, OTHER, Parameter
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
_IN_LISTS = ("string", "number", "integer", "boolean", "object", "")
_KINDS_OF = {
    "string": "texts",
    "number": "numbers",
    "integer": "whole numbers",
    "boolean": "yes or no",
    "object": "objects",
    "": "anything",
}
_INDENT = 22
"""Pixels for each object or list around a parameter."""
_WITH_CHOICES = ("string", "number", "integer", "")


class ParameterBlock(QWidget):
    """One parameter. `edited(path, what, value)`: what is name, kind, items, words, required, choices or a
    deed; the deeper it stands, the further to the right it begins."""

    edited = Signal(object, str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = Parameter("")
        self.name = StudioLineEdit(placeholder="Name")
        self.name.setProperty("type", "mono")
        self.kind = ComboBox("Type")
        for key in (*KINDS, ""):
            self.kind.addItem(_KIND_WORDS[key], key)
        self.items = ComboBox("What the list holds")
        for key in _IN_LISTS:
            self.items.addItem(f"of {_KINDS_OF[key]}", key)
        self.required = QCheckBox("Required")
        self.inside = Button("Add a field", kind="link", icon_name="plus")
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
        first.addWidget(self.items, 2)
        second = QHBoxLayout()
        second.setSpacing(2)
        second.addWidget(self.required)
        second.addSpacing(14)
        second.addWidget(self.inside)
        second.addStretch(1)
        for button in (self.up, self.down, self.remove):
            second.addWidget(button)
        card = QFrame()
        card.setProperty("panel", "card")
        body = QVBoxLayout(card)
        body.setContentsMargins(12, 12, 12, 8)
        body.setSpacing(8)
        body.addLayout(first)
        body.addWidget(self.words)
        body.addWidget(self.choices)
        body.addWidget(self.note)
        body.addLayout(second)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addWidget(card)

    def _connect(self) -> None:
        self.name.textEdited.connect(self._on_name_edited)
        self.kind.activated.connect(self._on_kind_activated)
        self.items.activated.connect(self._on_items_activated)
        self.inside.clicked.connect(self._on_inside_clicked)
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
            self._outer.setContentsMargins(_INDENT * (len(parameter.path) - 1), 0, 0, 0)
            _show_kind(self.kind, parameter.kind, "As in the JSON")
            self.items.setVisible(parameter.kind == "array")
            _show_kind(self.items, parameter.items, "as in the JSON")
            self.inside.setVisible(parameter.can_hold)
            self.required.setChecked(parameter.required)
            self.choices.setVisible(bool(parameter.choices) or parameter.kind in _WITH_CHOICES)
            for field, words in (
                (self.name, "name"),
                (self.kind, "type"),
                (self.items, "what the list holds"),
                (self.inside, "add a field"),
                (self.words, "description"),
                (self.choices, "values"),
                (self.required, "required"),
            ):
                field.setAccessibleName(f"Parameter {'.'.join(parameter.path)}, {words}")
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
        if parameter.kind == "array" and parameter.items not in _IN_LISTS:
            return "What the list holds is edited in the JSON, under “items”."
        if len(parameter.path) >= DEPTH and parameter.inner:
            return "What is inside is edited in the JSON."
        return ""

    @Slot(str)
    def _on_name_edited(self, text: str) -> None:
        self.edited.emit(self.parameter.path, "name", text)

    @Slot(int)
    def _on_kind_activated(self, index: int) -> None:
        kind = str(self.kind.itemData(index))
        if kind not in (self.parameter.kind, OTHER):
            self.edited.emit(self.parameter.path, "kind", kind)

    @Slot(int)
    def _on_items_activated(self, index: int) -> None:
        kind = str(self.items.itemData(index))
        if kind not in (self.parameter.items, OTHER):
            self.edited.emit(self.parameter.path, "items", kind)

    @Slot()
    def _on_inside_clicked(self) -> None:
        self.edited.emit(self.parameter.path, "inside", None)

    @Slot(bool)
    def _on_required_clicked(self, checked: bool) -> None:
        self.edited.emit(self.parameter.path, "required", checked)

    @Slot(str)
    def _on_words_edited(self, text: str) -> None:
        self.edited.emit(self.parameter.path, "words", text)

    @Slot(str)
    def _on_choices_edited(self, text: str) -> None:
        self.choices.setProperty("pending", True)
        self.edited.emit(self.parameter.path, "choices", text)
        self.choices.setProperty("pending", False)

    @Slot()
    def _on_up_clicked(self) -> None:
        self.edited.emit(self.parameter.path, "move", -1)

    @Slot()
    def _on_down_clicked(self) -> None:
        self.edited.emit(self.parameter.path, "move", 1)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.edited.emit(self.parameter.path, "remove", None)


def _show_kind(box: ComboBox, kind: str, otherwise: str) -> None:
    """Choose a kind; one that the box does not offer is there only while it is shown."""
    other = box.findData(OTHER)
    if box.findData(kind) < 0:
        box.addItem(otherwise, OTHER)
        kind = OTHER
    elif kind != OTHER and other >= 0:
        box.removeItem(other)
    box.setCurrentIndex(box.findData(kind))


_EDITS: dict[str, Callable[..., str]] = {
    "name": definition.rename_parameter,
    "kind": definition.set_parameter_kind,
    "items": definition.set_items_kind,
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
        edges = _edges(self._parameters)
        for block, parameter in zip(self.blocks, self._parameters, strict=False):
            block.show_parameter(parameter, *edges[parameter.path])
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
        self._add(())

    def _add(self, inside: Path) -> None:
        """The caret goes to the name of the new one."""
        known = {parameter.path for parameter in self._parameters}
        self._take(definition.add_parameter(self._text, inside))
        self._fill_blocks(len(self._parameters))
        new = next((n for n, each in enumerate(self._parameters) if each.path not in known), -1)
        if new >= 0:
            self.blocks[new].name.setFocus()
            self.blocks[new].name.selectAll()

    @Slot(object, str, object)
    def _on_block_edited(self, name: Path, what: str, value: object) -> None:
        block = self.sender()
        if what == "inside":
            self._add(name)
            return
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


def _edges(parameters: Sequence[Parameter]) -> dict[Path, tuple[bool, bool]]:
    """Whether each is the first and the last of those beside it."""
    beside: dict[Path, list[Path]] = defaultdict(list)
    for parameter in parameters:
        beside[parameter.path[:-1]].append(parameter.path)
    return {path: (path == group[0], path == group[-1]) for group in beside.values() for path in group}


def _set(field: StudioLineEdit, text: str) -> None:
    if field.text() != text:
        field.setText(text)
