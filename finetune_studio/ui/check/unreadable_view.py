"""Lines of imported files that are no examples: kept, to be repaired or removed."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.storage.rows import KeptLineRow
from finetune_studio.ui.check.finding_rows import FindingRow, snippet_of
from finetune_studio.ui.check.findings_view import FindingsList
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import Button, StudioTextEdit
from finetune_studio.workspace.readiness import counted

MAX_EDITED = 200_000
"""Bytes of a line up to which it is shown for repair."""


class UnreadableView(QWidget):
    """`repair_requested((line id, text))`, `remove_requested(line id)`."""

    repair_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[KeptLineRow] = []
        self._can_write = True
        self._shown_id: int | None = None
        head = Heading("Lines that could not be read")
        self.facts = head.fact
        self.list = FindingsList(_rows_of)
        self.list.setAccessibleName("Lines that could not be read")
        self.list.painter_of_rows.has_text = True
        self.editor = StudioTextEdit("The line's text", type="mono")
        self.editor.setAccessibleName("Text of the line")
        self.repair = Button("Repair", kind="primary")
        self.remove = Button("Remove the line", kind="danger")
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, SCROLL_BAR, 0)
        foot.addWidget(self.remove)
        foot.addStretch(1)
        foot.addWidget(self.repair)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self.list, 3)
        room = QHBoxLayout()
        room.setContentsMargins(0, 0, SCROLL_BAR, 0)
        room.addWidget(self.editor)
        layout.addLayout(room, 2)
        layout.addLayout(foot)
        self.list.current_moved.connect(self._on_current_moved)
        self.list.open_requested.connect(self.editor.setFocus)
        self.repair.clicked.connect(self._on_repair)
        self.remove.clicked.connect(self._on_remove)

    def set_writable(self, can_write: bool) -> None:
        self._can_write = can_write
        self._on_current_moved()

    def show_lines(self, rows: Sequence[KeptLineRow]) -> None:
        """Show the lines; what is being typed stays when its line is still there."""
        at = max(0, self.list.currentIndex().row())
        if [row.id for row in rows] == [row.id for row in self._rows]:
            return
        self._rows = list(rows)
        self.facts.setText(f"{counted(len(rows), 'line')}, kept as they are until you repair them")
        self.list.setMaximumHeight(max(1, min(len(rows), 100)) * self.list.painter_of_rows.row_height + 2)
        self.list.found.set_findings([_as_finding(row) for row in rows])
        if rows:
            flags = self.list.selectionModel().SelectionFlag
            index = self.list.found.index(min(at, len(rows) - 1))
            self.list.selectionModel().setCurrentIndex(index, flags.ClearAndSelect)
        self._on_current_moved()

    def current(self) -> KeptLineRow | None:
        row = self.list.currentIndex().row()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    @Slot()
    def _on_current_moved(self) -> None:
        row = self.current()
        data = row.line.data if row is not None else None
        can_edit = data is not None and len(data) <= MAX_EDITED and self._can_write
        self.editor.setEnabled(can_edit)
        self.repair.setEnabled(can_edit)
        self.remove.setEnabled(row is not None and self._can_write)
        if row is not None and row.id == self._shown_id:
            return
        self._shown_id = row.id if row is not None else None
        if can_edit and data is not None:
            self.editor.set_text(data.decode("utf-8", "replace").rstrip("\r\n"))
        else:
            self.editor.set_text("" if row is None else "This line is too long to be shown here.")

    @Slot()
    def _on_repair(self) -> None:
        row = self.current()
        if row is not None:
            self.repair_requested.emit((row.id, self.editor.toPlainText()))

    @Slot()
    def _on_remove(self) -> None:
        row = self.current()
        if row is not None:
            self.remove_requested.emit(row.id)


def _as_finding(row: KeptLineRow) -> Diagnostic:
    """A line as the list of findings takes it; the row comes along."""
    return Diagnostic("F001", Severity.ERROR, row.line.problem, Location(), arguments={"row": row})


def _rows_of(findings: Sequence[Diagnostic]) -> list[FindingRow]:
    shown = []
    for finding in findings:
        row: KeptLineRow = finding.arguments["row"]
        text = (row.line.data or b"")[:20_000].decode("utf-8", "replace").rstrip("\r\n")
        at = max(0, (row.line.column or 1) - 1)
        column = f", column {row.line.column:,}" if row.line.column else ""
        title = f"Line {row.line.line:,}{column}"
        snippet = snippet_of(text, at, at + 1)
        shown.append(FindingRow(title, row.source_name, finding.message, snippet, Severity.ERROR))
    return shown
