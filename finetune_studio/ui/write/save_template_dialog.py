"""An example becomes a template: words of it become fields."""

import itertools
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.ui.widgets import (
    Button,
    FormRow,
    IconButton,
    Label,
    LineHeightLabel,
    ScrollColumn,
    StudioLineEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.record_preview import RecordPreview
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.template_fields import count_places, field_name, fields_of, make_fields

_SAYS = "Every place of the words in this example becomes a field that is asked for."


class FieldRow(QWidget):
    """Words of the example, the name of the field they become, and how often they are there."""

    changed = Signal()
    removed = Signal(object)

    def __init__(self, words: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = StudioLineEdit(words, "Words in the example")
        self.words.setAccessibleName("Words")
        self.name = StudioLineEdit(name, "Name of the field")
        self.name.setAccessibleName("Field")
        self.places = Label(type="small")
        self.remove = IconButton("x", "Remove this field")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.addWidget(self.words, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.remove, 0, 2)
        grid.addWidget(self.places, 1, 0, 1, 2)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        self.words.textChanged.connect(self.changed)
        self.name.textChanged.connect(self.changed)
        self.remove.clicked.connect(self._on_remove_clicked)

    def pair(self) -> tuple[str, str]:
        """(words, field); without a name of its own, the field is called as the words are."""
        words = self.words.text()
        return words, field_name(self.name.text()) or field_name(words).casefold()

    def show_places(self, number: int) -> None:
        words, name = self.pair()
        if not words:
            self.places.setText("")
        elif number:
            self.places.setText(f"{counted(number, 'place')} → {{{{{name}}}}}")
        else:
            self.places.setText("These words are not in the example.")
        self.places.set_tone("" if number or not words else "error")

    @Slot()
    def _on_remove_clicked(self) -> None:
        self.removed.emit(self)


class SaveTemplateDialog(QDialog):
    """Accepted: `name` and `value` are the template. `taken` are names that the dataset has already."""

    def __init__(
        self, value: Any, chosen: str = "", taken: frozenset[str] = frozenset(), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save as a template")
        self.resize(820, 560)
        self._value = value
        self._taken = taken
        self._rows: list[FieldRow] = []
        self.name_field = StudioLineEdit("", "What the template is for")
        self.name_row = FormRow("Name", self.name_field)
        self.column = ScrollColumn(spacing=10)
        self.add = Button("Add a field", icon_name="plus")
        self.preview = RecordPreview()
        self.save = Button("Save", kind="primary")
        self.cancel = Button("Cancel")
        self._lay_out()
        self.name_field.textChanged.connect(self._show_state)
        self.add.clicked.connect(self._on_add_clicked)
        self.save.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        row = self.add_field(chosen)
        QWidget.setTabOrder(self.name_field, row.words)
        self.name_field.setFocus()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.name_row)
        left.addWidget(Label("Words that become fields", type="label"))
        left.addWidget(LineHeightLabel(_SAYS, type="secondary"))
        left.addWidget(self.column, 1)
        adding = QHBoxLayout()
        adding.addWidget(self.add)
        adding.addStretch(1)
        left.addLayout(adding)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(Label("Preview", type="label"))
        right.addWidget(self.preview, 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        foot = button_row(None, self.cancel, self.save)
        outer = dialog_column(self)
        outer.addLayout(columns, 1)
        outer.addLayout(foot)

    @property
    def name(self) -> str:
        return " ".join(self.name_field.text().split())

    @property
    def value(self) -> Any:
        """The example with its fields."""
        return make_fields(self._value, {words: name for words, name in self._pairs() if name})

    def rows(self) -> list[FieldRow]:
        return list(self._rows)

    def add_field(self, words: str = "", name: str = "") -> FieldRow:
        """One more line of words and field."""
        row = FieldRow(words, name)
        row.changed.connect(self._show_state)
        row.removed.connect(self._on_row_removed)
        self._rows.append(row)
        self.column.body.addWidget(row)
        row.show()
        order = [row.words, row.name, row.remove, self.add]
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)
        self._show_state()
        return row

    def _pairs(self) -> list[tuple[str, str]]:
        return [row.pair() for row in self._rows]

    @Slot()
    def _on_add_clicked(self) -> None:
        self.add_field().words.setFocus()

    @Slot(object)
    def _on_row_removed(self, row: FieldRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self.add.setFocus()
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        for row in self._rows:
            row.show_places(count_places(self._value, row.words.text()))
        self.preview.show_value(self.value)
        is_taken = self.name in self._taken
        self.name_row.set_help("Takes the place of the template of this name." if is_taken else "")
        self.save.setText("Replace" if is_taken else "Save")
        self.save.setEnabled(bool(self.name))

    def fields(self) -> tuple[str, ...]:
        """The fields that the template has now, those written in the example itself included."""
        return fields_of(self.value)
