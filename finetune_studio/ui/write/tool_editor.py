"""A tool's definition as a form with its JSON beside it: both sides edit one text, which is always valid."""

from collections.abc import Collection

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_layout import pretty_text
from finetune_studio.formats.records import loads
from finetune_studio.formats.tool_definition import NEW_TOOL
from finetune_studio.lint.tool_definitions import problems_of
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel, StudioTextEdit
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.write.tool_form import ToolForm
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.tools import name_of

_JUDGE_AFTER = 150
_WAITS = "The form waits until the JSON can be read."


class ToolEditor(QDialog):
    """Accepted: `text` is the definition; `is_everywhere` and `takes_different` say where it is changed."""

    def __init__(
        self,
        text: str = NEW_TOOL,
        title: str = "New tool",
        taken: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(1040, 680)
        self._taken = set(taken)
        self._text = _laid_out(text)
        self.form = ToolForm()
        self.json = StudioTextEdit(type="mono")
        self.json.setAccessibleName("JSON of the tool")
        self.json.setTabStopDistance(2 * QFontMetrics(self.json.font()).horizontalAdvance(" "))
        self.validity = LineHeightLabel(type="small")
        self.everywhere = QCheckBox()
        self.different = QCheckBox()
        self.save = Button("Save", kind="primary")
        self.save.setDefault(True)
        self.cancel = Button("Cancel")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_AFTER)
        self._timer.timeout.connect(self.judge)
        self._lay_out()
        self._show_all()
        self.form.changed.connect(self._on_form_changed)
        self.json.textChanged.connect(self._on_json_changed)
        self.everywhere.toggled.connect(self._on_everywhere_toggled)
        self.save.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(Label("JSON", type="label"))
        right.addWidget(self.json, 1)
        right.addWidget(self.validity)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.form, 1)
        columns.addLayout(right, 1)
        scope = QVBoxLayout()
        scope.setSpacing(6)
        for box in (self.everywhere, self.different):
            box.hide()
            scope.addWidget(box)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addLayout(scope)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save)
        outer = dialog_column(self)
        outer.addLayout(columns, 1)
        outer.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.name.setFocus()

    @property
    def text(self) -> str:
        """The definition as it stands, laid out on many lines."""
        return self._text

    @property
    def is_everywhere(self) -> bool:
        return not self.everywhere.isHidden() and self.everywhere.isChecked()

    @property
    def takes_different(self) -> bool:
        return self.is_everywhere and not self.different.isHidden() and self.different.isChecked()

    def show_uses(self, equal: int, different: int, *, is_chosen: bool = False) -> None:
        """Offer the change in all examples: `equal` define the tool so, `different` otherwise."""
        self.everywhere.setText(f"Change it in all {counted(equal, 'example')} that define it like this")
        self.everywhere.setVisible(equal > 0)
        self.everywhere.setChecked(is_chosen and equal > 0)
        one = different == 1
        word = "defines a tool of this name differently" if one else "define a tool of this name differently"
        self.different.setText(f"{counted(different, 'more example')} {word}: change it there too")
        self.different.setVisible(different > 0)
        self.different.setEnabled(self.everywhere.isChecked())

    # The two sides

    def _show_all(self) -> None:
        self.json.blockSignals(True)
        self.json.set_text(self._text)
        self.json.blockSignals(False)
        try:
            self.form.show_text(self._text)
        except InputError:
            self.form.setEnabled(False)
        self.judge()

    @Slot(str)
    def _on_form_changed(self, text: str) -> None:
        self._text = text
        bar = self.json.verticalScrollBar()
        place = bar.value()
        self.json.blockSignals(True)
        self.json.set_text(text)
        self.json.blockSignals(False)
        bar.setValue(place)
        self._timer.start()

    @Slot()
    def _on_json_changed(self) -> None:
        text = self.json.toPlainText()
        try:
            self.form.show_text(text)
        except InputError as error:
            self.form.setEnabled(False)
            self.save.setEnabled(False)
            is_syntax = isinstance(error, JsonSyntaxError)
            self._tell(f"{error.text} {_WAITS}" if is_syntax else error.text, "error")
            if is_syntax:
                self._timer.stop()
                return
        else:
            self.form.setEnabled(True)
        self._text = text
        self._timer.start()

    @Slot()
    def judge(self) -> None:
        """Say whether the definition is one; only then it can be saved."""
        self._timer.stop()
        problem = problem_in(self._text, self._taken)
        self.save.setEnabled(not problem)
        if self._text == NEW_TOOL:
            self._tell("Give the tool a name.", "")
            return
        self._tell(problem or "A valid definition.", "error" if problem else "success")

    @Slot(bool)
    def _on_everywhere_toggled(self, checked: bool) -> None:
        self.different.setEnabled(checked)
        if not checked:
            self.different.setChecked(False)

    def _tell(self, words: str, tone: str) -> None:
        self.validity.setText(words)
        self.validity.set_tone(tone)
        self.json.setAccessibleDescription(words)


def problem_in(text: str, taken: Collection[str] = ()) -> str:
    """What is wrong with a definition in one sentence, or an empty text."""
    try:
        value = loads(text.encode("utf-8", "surrogatepass"))
    except InputError as error:
        return error.text
    is_tool = not isinstance(value, dict) or "function" in value or "type" in value
    first = next((words for _step, words in problems_of(value, is_tool, set())), "")
    if first:
        return f"This tool {first}."
    name = name_of(value)
    return f"The example has a tool named “{name}” already." if name in taken else ""


def _laid_out(text: str) -> str:
    try:
        return pretty_text(text)
    except InputError:
        return text
