"""The arguments of a tool call as fields, made from the schema of the tool."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.tool_arguments import read_arguments, set_argument
from finetune_studio.ui.widgets import Label
from finetune_studio.ui.write.argument_row import ArgumentRow
from finetune_studio.ui.write.framed_editor import FramedEditor

GAP = 8
_LEAST_LABEL = 72


class CallForm(QWidget):
    """`changed(text)`: all arguments after one was edited. `rows_changed` when fields came or went."""

    changed = Signal(object)
    height_changed = Signal()
    rows_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ArgumentRow] = []
        self._arguments = ""
        self.none = Label("This tool takes no arguments.", type="small", parent=self)

    def show_arguments(self, schema: str, arguments: str, writable: bool) -> bool:
        """Fill the form; False where the arguments are no JSON object, which only JSON can show."""
        found = read_arguments(schema, arguments)
        if found is None:
            return False
        self._arguments = arguments
        kinds = [ArgumentRow.kind_of(argument) for argument in found]
        if kinds != [ArgumentRow.kind_of(row.argument) for row in self.rows]:
            for row in self.rows:
                row.hide()
                row.deleteLater()
            self.rows = [ArgumentRow(argument, self) for argument in found]
            for row in self.rows:
                row.edited.connect(self._on_row_edited)
                row.height_changed.connect(self.height_changed)
                row.show()
            self.rows_changed.emit()
        for row, argument in zip(self.rows, found, strict=True):
            row.show_argument(argument)
            row.set_writable(writable)
        self.none.setVisible(not self.rows)
        return True

    def tell(self, misfits: dict[str, str]) -> None:
        """Say at each field what does not fit; by the name of the argument."""
        for row in self.rows:
            row.tell(misfits.get(row.argument.name, ""))

    def focus_widgets(self) -> list[QWidget]:
        return [row.input for row in self.rows]

    def editors(self) -> list[FramedEditor]:
        """The fields that are editors of text."""
        return [row.field for row in self.rows if isinstance(row.field, FramedEditor)]

    def height_for(self, width: int) -> int:
        """Lay out in a width."""
        if not self.rows:
            self.none.setGeometry(2, 0, width, 20)
            return 22
        wanted = max((row.label_width() for row in self.rows), default=0)
        label = max(_LEAST_LABEL, min(wanted, width // 3))
        y = 0
        for row in self.rows:
            height = row.place(width, label)
            row.setGeometry(0, y, width, height)
            y += height + GAP
        return y - GAP

    @Slot(object, str)
    def _on_row_edited(self, row: ArgumentRow, text: str) -> None:
        try:
            new = set_argument(self._arguments, row.argument, text)
        except InputError as error:
            row.tell(error.text, "error")
            return
        row.tell("")
        self._arguments = new
        self.changed.emit(new)
