"""The form of a tool call, made from the schema of its tool, and checked against it while one types."""

import json
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.message import Tool, ToolCall
from finetune_studio.lint.json_schemas import compiled, misfits
from finetune_studio.ui.widgets import Button, ComboBox, IconButton, Label, StudioLineEdit
from finetune_studio.ui.write.call_form import CallForm
from finetune_studio.ui.write.call_summary import check_json
from finetune_studio.ui.write.framed_editor import FramedEditor

_INSET = 4
_HEAD = 42
_FOOT = 24
_CHECKED = 50_000
"""Characters of arguments up to which they are checked at each key; the checks of the example do the rest."""


class CallEditor(QWidget):
    """The tool, and its arguments as fields or as JSON; `edited(part, text)`: "name" or "arguments".

    `parts_changed` when its fields came or went.
    """

    edited = Signal(str, object)
    height_changed = Signal()
    parts_changed = Signal()
    remove_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = True
        self._wants_json: bool | None = None
        self._arguments = ""
        self._tools: tuple[Tool, ...] = ()
        self.tool = ComboBox("Tool that is called", self)
        self.tool.setEditable(True)
        self.name = StudioLineEdit(placeholder="Name of the tool")
        self.name.setAccessibleName("Name of the tool that is called")
        self.tool.setLineEdit(self.name)
        self.tool.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.tool.setCompleter(None)  # type: ignore[arg-type]
        self.id_label = Label(type="small", tone="secondary", parent=self)
        self.form = CallForm(self)
        self.json = FramedEditor("mono", parent=self)
        self.json.editor.setAccessibleName("Arguments, as JSON")
        self.validity = Label(type="small", parent=self)
        self.mode = Button("As JSON", "link", parent=self)
        self.remove = IconButton("trash-2", "Remove the call and its answer", parent=self)
        self.done = Button("Done", "link", parent=self)
        self._connect()

    def _connect(self) -> None:
        for widget in (self.tool, self.mode, self.remove, self.done):
            widget.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.mode.clicked.connect(self._on_mode_clicked)
        self.remove.clicked.connect(self.remove_requested)
        self.name.textEdited.connect(self._on_name_edited)
        self.tool.activated.connect(self._on_tool_activated)
        self.json.editor.edited.connect(self._on_arguments_edited)
        self.json.editor.height_changed.connect(self.height_changed)
        self.form.changed.connect(self._on_form_changed)
        self.form.height_changed.connect(self.height_changed)
        self.form.rows_changed.connect(self.parts_changed)

    @property
    def shows_json(self) -> bool:
        """Whether the arguments are shown as JSON."""
        return not self.json.isHidden()

    def start(self) -> None:
        """Opened anew: the form again, where one can be made."""
        self._wants_json = None

    def show_call(self, call: ToolCall, writable: bool, tools: Sequence[Tool]) -> None:
        """Show a call; `tools` are those that the example defines."""
        self._writable = writable
        self._arguments = call.arguments
        self.id_label.setText("" if not call.id else " ".join(call.id[:60].split()))
        self._show_tools(tools)
        if self.name.text() != call.name:
            self.name.setText(call.name)
        self._show_arguments()

    def focus_widgets(self) -> list[QWidget]:
        """In the order of Tab."""
        fields = [self.json.editor] if self.shows_json else self.form.focus_widgets()
        return [self.tool, self.mode, self.remove, self.done, *fields]

    def focus_form(self) -> None:
        """The caret to what is missing: the name, else the first argument."""
        fields = [self.json.editor] if self.shows_json else self.form.focus_widgets()
        (self.tool if not self.name.text() or not fields else fields[0]).setFocus()

    def refresh_colors(self) -> None:
        """After a switch of the theme."""
        for field in (self.json, *self.form.editors()):
            field.editor.refresh_colors()

    def height_for(self, width: int) -> int:
        inset, width = _INSET, width - 2 * _INSET
        right = inset + width
        for button in (self.done, self.remove, self.mode):
            size = button.sizeHint()
            right -= size.width()
            button.setGeometry(right, 2 + (32 - size.height()) // 2, size.width(), size.height())
            right -= 4
        name = max(120, min(right - inset - 80, 300))
        self.tool.setGeometry(inset, 2, name, 32)
        self.id_label.setGeometry(inset + name + 12, 2, max(0, right - inset - name - 16), 32)
        field: FramedEditor | CallForm = self.json if self.shows_json else self.form
        height = field.height_for(width)
        field.setGeometry(inset, _HEAD, width, height)
        self.validity.setGeometry(inset, _HEAD + height + 4, width, 20)
        return _HEAD + height + _FOOT + 4

    # What is shown

    def _show_tools(self, tools: Sequence[Tool]) -> None:
        if self._tools == tuple(tools) and self.tool.count():
            return
        self._tools = tuple(tools)
        text = self.name.text()
        self.tool.clear()
        self.tool.addItems([tool.name[:200] for tool in tools])
        self.name.setText(text)

    def _definition(self) -> Tool | None:
        name = self.name.text()
        return next((tool for tool in self._tools if tool.name == name), None)

    def _show_arguments(self) -> None:
        tool = self._definition()
        schema = tool.parameters if tool is not None else ""
        fits = self.form.show_arguments(schema, self._arguments, self._writable)
        as_json = not fits or (tool is None if self._wants_json is None else self._wants_json)
        self.json.editor.set_true_text(self._arguments)
        self.json.setVisible(as_json)
        self.form.setVisible(not as_json)
        self.mode.setText("As form" if as_json else "As JSON")
        self.mode.setEnabled(fits)
        self._judge()

    def _judge(self) -> None:
        """Say what is wrong: the JSON, the name, or what does not fit the tool."""
        valid, words = check_json(self._arguments)
        tone, problem = ("success", words) if valid else ("error", words)
        at_fields: dict[str, str] = {}
        if valid:
            problem, at_fields = self._misfits()
            tone = "warning" if problem or at_fields else "success"
            fits = "Fits the tool" if self._definition() is not None else words
            problem = problem or ("; ".join(at_fields.values()) if at_fields else fits)
        self.form.tell(at_fields)
        self.validity.setText(f"{problem[0].upper()}{problem[1:]}")
        self.validity.set_tone(tone)
        self.json.set_valid(valid)

    def _misfits(self) -> tuple[str, dict[str, str]]:
        """What to say of all arguments, and of single ones by their name."""
        tool = self._definition()
        if tool is None:
            name = self.name.text()
            return (f"The example defines no tool named “{name[:60]}”" if self._tools and name else ""), {}
        if not tool.parameters or len(self._arguments) > _CHECKED:
            return "", {}
        found = misfits(compiled(json.loads(tool.parameters)), json.loads(self._arguments or "{}"))
        whole = next((each.text for each in found if not each.path), "")
        single = {each.path.split(".")[0]: each.text for each in reversed(found) if each.path}
        return whole, single

    # What a person does

    @Slot()
    def _on_mode_clicked(self) -> None:
        self._wants_json = not self.shows_json
        self._show_arguments()
        self.parts_changed.emit()
        self.height_changed.emit()
        self.focus_form()

    @Slot(str)
    def _on_name_edited(self, text: str) -> None:
        self.edited.emit("name", text)
        self._show_arguments()
        self.height_changed.emit()

    @Slot(int)
    def _on_tool_activated(self, index: int) -> None:
        """Another tool: arguments that say nothing yet become those that it takes."""
        tool = self._tools[index] if index < len(self._tools) else None
        if tool is None:
            return
        self.name.setText(tool.name)
        self.edited.emit("name", tool.name)
        if says_nothing(self._arguments):
            self._arguments = skeleton_arguments(tool.parameters)
            self.edited.emit("arguments", self._arguments)
        self._wants_json = None
        self._show_arguments()
        self.parts_changed.emit()
        self.height_changed.emit()

    @Slot(object)
    def _on_arguments_edited(self, text: str) -> None:
        self._arguments = text
        self.mode.setEnabled(check_json(text)[0])
        self._judge()
        self.edited.emit("arguments", text)

    @Slot(object)
    def _on_form_changed(self, text: str) -> None:
        self._arguments = text
        self.json.editor.set_true_text(text)
        self._judge()
        self.edited.emit("arguments", text)


def skeleton_arguments(parameters: str) -> str:
    """What a new call starts from: the required properties of a JSON Schema, empty; all where none is."""
    try:
        schema = json.loads(parameters) if parameters else {}
        properties, required = schema.get("properties", {}), schema.get("required") or ()
        wanted = [key for key in properties if key in required] or list(properties)
        empty = {key: _empty_value(properties[key]) for key in wanted}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return "{}"
    return json.dumps(empty, ensure_ascii=False)


def _empty_value(schema: object) -> object:
    kind = schema.get("type") if isinstance(schema, dict) else None
    empties: dict[object, object] = {"number": 0, "integer": 0, "boolean": False, "array": [], "object": {}}
    return empties.get(kind, "")


def says_nothing(arguments: str) -> bool:
    """Whether arguments are empty, or a skeleton that nobody filled."""
    try:
        value = json.loads(arguments) if arguments.strip() else {}
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not any(value.values())
