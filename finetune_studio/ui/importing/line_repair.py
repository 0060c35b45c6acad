"""One line that could not be read: its text, what is wrong with it as one types, and the way out."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.formats.line_judge import judge_line
from finetune_studio.formats.source_line import LineKind
from finetune_studio.storage.rows import KeptLineRow
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel, StudioTextEdit
from finetune_studio.ui.write.text_binding import TextBinding

_JUDGE_AFTER = 150
"""Milliseconds after the last key."""
_SHOWN_AT_MOST = 2_000_000
"""Bytes of a line that is shown for repair."""


class LineRepair(QWidget):
    """`repair_requested(line id, text)`, `remove_requested(line id)`."""

    repair_requested = Signal(int, object)
    remove_requested = Signal(int)

    def __init__(self, writable: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writable = writable
        self._row: KeptLineRow | None = None
        self._binding = TextBinding("")
        self._is_quiet = False
        self.title = Label(type="strong")
        self.editor = StudioTextEdit(type="mono")
        self.editor.setAccessibleName("Text of the line")
        self.editor.setTabChangesFocus(True)
        self.problem = LineHeightLabel(type="small")
        self.place = Button("Go there", kind="link")
        self.remove = Button("Remove the line", kind="danger")
        self.repair = Button("Repair", kind="primary")
        self._column = 1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_JUDGE_AFTER)
        self._timer.timeout.connect(self._judge)
        self._lay_out()
        self.editor.textChanged.connect(self._on_editor_text_changed)
        self.place.clicked.connect(self.go_to_problem)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.repair.clicked.connect(self._on_repair_clicked)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.editor, 1)
        told = QHBoxLayout()
        told.addWidget(self.problem, 1)
        told.addWidget(self.place, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(told)
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        buttons.addWidget(self.repair)
        column.addLayout(buttons)

    @property
    def line_id(self) -> int | None:
        return self._row.id if self._row is not None else None

    def show_line(self, row: KeptLineRow) -> None:
        """Show a line, with the caret at what is wrong."""
        self._row = row
        data = row.line.data
        self.title.setText(f"Line {row.line.line:,} of {row.source_name}")
        fits = data is not None and len(data) <= _SHOWN_AT_MOST
        text = data.decode("utf-8", "replace").rstrip("\r\n") if data is not None and fits else ""
        self._binding = TextBinding(text)
        self._is_quiet = True
        self.editor.set_text(self._binding.shown)
        self._is_quiet = False
        self.editor.setEnabled(fits)
        self.editor.setReadOnly(not self._writable)
        self.remove.setEnabled(self._writable)
        if fits:
            self._judge()
            self.go_to_problem()
        else:
            self.problem.set_tone("secondary")
            self.problem.setText(row.line.problem or "This line is too long to be shown here.")
            self.repair.setEnabled(False)
            self.place.hide()

    def text(self) -> str:
        """The line as the person left it, with every character that a text widget would lose."""
        return self._binding.text

    @Slot()
    def go_to_problem(self) -> None:
        """The caret to the column that is wrong."""
        cursor = self.editor.textCursor()
        text = self.editor.toPlainText()
        before = text[: self._column - 1]
        cursor.setPosition(
            min(len(before.encode("utf-16-le")) // 2, self.editor.document().characterCount() - 1)
        )
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    @Slot()
    def _judge(self) -> None:
        self._timer.stop()
        body = self._binding.text.encode("utf-8", "surrogatepass")
        number = self._row.line.line if self._row is not None else 1
        if "\n" in self._binding.text or "\r" in self._binding.text:
            self._tell("An example is one line; this text has several. Take the line breaks out.", False)
            return
        kind, problem, _ = judge_line(body, number)
        if kind is LineKind.EXAMPLE:
            self._tell("This line can be read now.", True)
        elif problem is not None:
            self._column = problem.column
            self._tell(f"Column {problem.column:,}: {problem.message}", False)
            self.place.show()
        else:
            self._tell("The line is empty. Remove it, or write an example.", False)

    def _tell(self, text: str, is_fine: bool) -> None:
        self.problem.set_tone("success" if is_fine else "error")
        self.problem.setText(text)
        self.repair.setEnabled(is_fine and self._writable)
        self.place.hide()

    @Slot()
    def _on_editor_text_changed(self) -> None:
        if not self._is_quiet and self._binding.take(self.editor.document().toRawText()):
            self.repair.setEnabled(False)
            self._timer.start()

    @Slot()
    def _on_repair_clicked(self) -> None:
        if self._row is not None:
            self.repair_requested.emit(self._row.id, self._binding.text)

    @Slot()
    def _on_remove_clicked(self) -> None:
        if self._row is not None:
            self.remove_requested.emit(self._row.id)
