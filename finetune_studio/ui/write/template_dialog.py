"""New examples from a template: which one, what its fields are, by hand or from a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_studio.domain.errors import InputError
from finetune_studio.ui.theme.icons import icon
from finetune_studio.ui.widgets import (
    Button,
    FormRow,
    IconButton,
    Label,
    LineHeightLabel,
    ScrollColumn,
    Segmented,
    StudioTextEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.record_preview import RecordPreview
from finetune_studio.ui.write.template_memory import TemplateMemory
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.templates import with_system_prompt
from finetune_studio.workspace.queries.prompts import dataset_prompt
from finetune_studio.workspace.template_fields import TableRows, fill, rows_of_table
from finetune_studio.workspace.templates import Template, own_templates, shipped_templates

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

BY_HAND = "form"
FROM_TABLE = "table"
_TAB_STOP = 112
_TABLE_HINT = "Paste rows from a spreadsheet: the first row names the fields."


class TemplateDialog(QDialog):
    """Accepted: `template`, `rows()`, `use_prompt` say what to make. `delete_requested(name)`: an own one."""

    delete_requested = Signal(str)

    def __init__(self, workspace: "Workspace", memory: TemplateMemory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New from a template")
        self.resize(940, 600)
        self._workspace = workspace
        self._memory = memory
        self._templates: list[Template] = []
        self._fields: dict[str, StudioTextEdit] = {}
        self._table = TableRows(())
        self._prompt = dataset_prompt(workspace)
        self.list = QListWidget()
        self.list.setAccessibleName("Templates")
        self.list.setIconSize(QSize(16, 16))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(220)
        self.delete = IconButton("trash-2", "Delete this template")
        self.mode = Segmented(
            [(BY_HAND, "By hand"), (FROM_TABLE, "From a table")], "How the fields are filled"
        )
        self.form = ScrollColumn(spacing=12)
        self.table = StudioTextEdit(_TABLE_HINT, type="mono")
        self.table.setAccessibleName("Table")
        self.table.setTabStopDistance(_TAB_STOP)
        self.problem = LineHeightLabel(type="secondary")
        self.prompt_box = QCheckBox("Use the system prompt of the dataset")
        self.preview = RecordPreview()
        self.create_button = Button("Create", kind="primary")
        self.cancel = Button("Cancel")
        self._lay_out()
        self._connect()
        self._fill_list()

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.table)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(self.delete)
        row.addStretch(1)
        left.addLayout(row)
        middle = QVBoxLayout()
        middle.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(self.mode)
        head.addStretch(1)
        middle.addLayout(head)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.problem)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(Label("Preview", type="label"))
        right.addWidget(self.preview, 1)
        right.addWidget(self.prompt_box)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        for part, stretch in ((left, 4), (middle, 6), (right, 7)):
            columns.addLayout(part, stretch)
        foot = button_row(None, self.cancel, self.create_button)
        outer = dialog_column(self)
        outer.addLayout(columns, 1)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.list.itemActivated.connect(self._on_item_activated)
        self.mode.chosen.connect(self._on_mode_chosen)
        self.table.textChanged.connect(self._show_state)
        self.prompt_box.toggled.connect(self._show_state)
        self.delete.clicked.connect(self._on_delete_clicked)
        self.create_button.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def _fill_list(self) -> None:
        self._templates = [*own_templates(self._workspace), *shipped_templates()]
        self.list.clear()
        for template in self._templates:
            item = QListWidgetItem(icon("user" if template.is_own else "file"), template.name)
            self.list.addItem(item)
        wanted = self._memory.last
        names = [template.name for template in self._templates]
        self.list.setCurrentRow(names.index(wanted) if wanted in names else 0)

    # What is chosen

    @property
    def template(self) -> Template:
        return self._templates[max(self.list.currentRow(), 0)]

    @property
    def use_prompt(self) -> bool:
        return not self.prompt_box.isHidden() and self.prompt_box.isChecked()

    def rows(self) -> Sequence[dict[str, str]]:
        """The values of each example to make."""
        if self.mode.current() == FROM_TABLE:
            return self._table.rows
        return [{name: field.toPlainText() for name, field in self._fields.items()}]

    def field(self, name: str) -> StudioTextEdit:
        return self._fields[name]

    def choose(self, name: str) -> None:
        """Choose a template by name."""
        self.list.setCurrentRow([template.name for template in self._templates].index(name))

    @Slot()
    def accept(self) -> None:
        """Remember what was typed."""
        if self.create_button.isEnabled():
            if self.mode.current() == BY_HAND:
                self._memory.remember(self.template.name, self.rows()[0])
            super().accept()

    # What the parts say

    @Slot(int)
    def _on_row_chosen(self, row: int) -> None:
        if row < 0:
            return
        template = self.template
        self.delete.setVisible(template.is_own and not self._workspace.read_only)
        own_prompt = with_system_prompt(template.value, self._prompt) != template.value
        self.prompt_box.setVisible(bool(self._prompt) and own_prompt)
        self.prompt_box.setChecked(not template.is_own)
        self._fill_form(template)
        self._show_state()

    def _fill_form(self, template: Template) -> None:
        while (item := self.form.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._fields = {}
        before: QWidget = self.mode.button(FROM_TABLE)
        remembered = self._memory.values(template.name)
        for name in template.fields:
            field = StudioTextEdit(grows=True, max_lines=6)
            field.setAccessibleName(name)
            field.set_text(remembered.get(name, ""))
            field.textChanged.connect(self._show_state)
            self._fields[name] = field
            row = FormRow(name, field)
            self.form.body.addWidget(row)
            row.show()
            QWidget.setTabOrder(before, field)
            before = field
        if not self._fields:
            self.form.body.addWidget(LineHeightLabel("This template has no fields.", type="secondary"))

    @Slot(QListWidgetItem)
    def _on_item_activated(self, _item: QListWidgetItem) -> None:
        self.focus_fields()

    def focus_fields(self) -> None:
        """The caret into the first field that is empty, else into the first."""
        fields = list(self._fields.values())
        first = next((field for field in fields if not field.toPlainText()), fields[0] if fields else None)
        if self.mode.current() == FROM_TABLE:
            self.table.setFocus()
        elif first is not None:
            first.setFocus()
            first.selectAll()
        else:
            self.create_button.setFocus()

    @Slot(str)
    def _on_mode_chosen(self, mode: str) -> None:
        self._stack.setCurrentIndex(int(mode == FROM_TABLE))
        self._show_state()
        self.focus_fields()

    @Slot()
    def _on_delete_clicked(self) -> None:
        if self.template.is_own:
            self.delete_requested.emit(self.template.name)

    def refresh(self) -> None:
        """The templates of the dataset changed."""
        self._fill_list()

    @Slot()
    def _show_state(self) -> None:
        """Preview, what is wrong, and what the button will do."""
        template = self.template
        from_table = self.mode.current() == FROM_TABLE
        self.problem.set_tone("")
        if from_table:
            self._read_table(template)
        else:
            self.problem.setText("")
        self.problem.setVisible(bool(self.problem.text()))
        rows = self.rows()
        value = fill(template.value, _given(rows[0]) if rows else {})
        self.preview.show_value(with_system_prompt(value, self._prompt if self.use_prompt else ""))
        self.create_button.setText("Create" if len(rows) == 1 else f"Create {counted(len(rows), 'example')}")
        self.create_button.setEnabled(bool(rows))

    def _read_table(self, template: Template) -> None:
        try:
            self._table = rows_of_table(self.table.toPlainText(), template.fields)
        except InputError as error:
            self._table = TableRows(())
            self.problem.set_tone("error")
            self.problem.setText(f"{error.text} {error.advice}")
            return
        table = self._table
        parts = [f"{counted(len(table.rows), 'row')}."]
        if table.unknown:
            parts.append(f"No field for {_listed(table.unknown)}.")
        if table.missing:
            parts.append(f"No column for {_listed(table.missing)}: the field stays as it is.")
        if not table.rows:
            parts = [f"The fields are {_listed(template.fields)}."] if template.fields else []
        self.problem.setText(" ".join(parts))


def _given(row: dict[str, str]) -> dict[str, str]:
    """What was filled in: an empty field shows its name in the preview."""
    return {name: value for name, value in row.items() if value}


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
