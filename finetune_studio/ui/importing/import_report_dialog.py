"""What an import brought, and every line that could not be read, to repair in place."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.storage.rows import KeptLineRow
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.importing.line_repair import LineRepair
from finetune_studio.ui.widgets import Banner, Button, EmptyState, Label, LineHeightLabel, plain_tooltip
from finetune_studio.ui.widgets.charts import TableModel, plain_table
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.workspace.operations import imports
from finetune_studio.workspace.queries.examples import unreadable_lines

if TYPE_CHECKING:
    from finetune_studio.workspace.operations.imports import ImportReport
    from finetune_studio.workspace.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

_HEADERS = ["Line", "Column", "What is wrong"]
_REASON = 2
_LISTED = 1000
_AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _LinesModel(TableModel):
    """The reasons are text: at the left."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == _REASON:
            return _AT_LEFT
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == _REASON:
            return plain_tooltip(str(super().data(index)))
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role == Qt.ItemDataRole.TextAlignmentRole and section == _REASON:
            return _AT_LEFT
        return super().headerData(section, orientation, role)


class ImportReportDialog(QDialog):
    """Follows the dataset: a line repaired or taken back by undo leaves or enters the list."""

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        parent: QWidget | None = None,
        report: "ImportReport | None" = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._report = report
        self._lines: list[KeptLineRow] = []
        self._open_line: int | None = None
        self.setWindowTitle("Import" if report else "Lines that could not be read")
        self.resize(860, 560)
        self.title = Label(type="title")
        self.sentence = LineHeightLabel(type="secondary")
        self.notices = LineHeightLabel(type="secondary")
        self.banner = Banner()
        self.banner.hide()
        self._model = _LinesModel((_HEADERS, []), self)
        self.table = plain_table("Lines that could not be read", self._model)
        self.repair = LineRepair(not workspace.read_only)
        self.nothing = EmptyState("circle-check", "Every line can be read", "There is nothing to repair.")
        self.close_button = Button("Close")
        self._lay_out()
        self._connect()
        self._tell_report()
        self.reload()

    def _lay_out(self) -> None:
        outer = dialog_column(self, 10)
        for part in (self.title, self.sentence, self.notices, self.banner):
            outer.addWidget(part)
        self._both = QWidget()
        row = QHBoxLayout(self._both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.table, 4)
        row.addWidget(self.repair, 5)
        outer.addWidget(self._both, 1)
        outer.addWidget(self.nothing, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        outer.addLayout(buttons)
        self.table.setSelectionMode(self.table.SelectionMode.SingleSelection)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.accept)
        self.repair.repair_requested.connect(self._on_repair_requested)
        self.repair.remove_requested.connect(self._on_remove_requested)
        self.table.selectionModel().currentRowChanged.connect(self._on_table_current_changed)
        self._signals = WorkspaceSignals(self._workspace.notifier, self)
        self._signals.changed.connect(self._on_signals_changed)
        self.finished.connect(self._signals.stop)

    def _tell_report(self) -> None:
        report = self._report
        if report is None:
            self.sentence.setText(
                "They are kept with the dataset and exported as they are. Repair a line and it becomes an "
                "example at its place."
            )
            self.notices.hide()
            return
        kinds = "1 example" if report.imported == 1 else f"{report.imported:,} examples"
        self.title.setText(f"Imported {kinds}")
        parts = [f"From {report.name} in {report.seconds:,.1f} s."]
        if report.blank:
            parts.append("1 blank line." if report.blank == 1 else f"{report.blank:,} blank lines.")
        if report.n_bad:
            lines = "1 line" if report.n_bad == 1 else f"{report.n_bad:,} lines"
            parts.append(f"{lines} could not be read; they are kept, so that you can repair them here.")
        self.sentence.setText(" ".join(parts))
        self.notices.setText("\n".join(report.notices))
        self.notices.setVisible(bool(report.notices))

    def reload(self) -> None:
        """Read the list again."""
        self._workspace.ask(unreadable_lines, _LISTED, done=self._on_lines_read, key=f"lines {id(self)}")

    def _on_lines_read(self, lines: list[KeptLineRow]) -> None:
        places = {line.id: row for row, line in enumerate(self._lines)}
        row = places.get(self._open_line or 0, 0)
        self._lines = lines
        self._model.set_table((_HEADERS, [_cells(line) for line in lines]))
        self.table.resizeColumnsToContents()
        self._both.setVisible(bool(lines))
        self.nothing.setVisible(not lines)
        if self._report is None:
            count = "1 line" if len(lines) == 1 else f"{len(lines):,} lines"
            self.title.setText(f"{count} could not be read" if lines else "Every line can be read")
            self.sentence.setVisible(bool(lines))
        if lines:
            same = next((n for n, line in enumerate(lines) if line.id == self._open_line), None)
            self.table.selectRow(min(row, len(lines) - 1) if same is None else same)

    @Slot(QModelIndex, QModelIndex)
    def _on_table_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if 0 <= current.row() < len(self._lines):
            line = self._lines[current.row()]
            if line.id != self._open_line or self.repair.line_id != line.id:
                self._open_line = line.id
                self.repair.show_line(line)

    @Slot(int, object)
    def _on_repair_requested(self, line_id: int, text: str) -> None:
        self.banner.hide()
        self._workspace.perform(imports.repair_unreadable_line, line_id, text, failed=self._on_failed)

    @Slot(int)
    def _on_remove_requested(self, line_id: int) -> None:
        self.banner.hide()
        self._workspace.perform(imports.remove_unreadable_line, line_id, failed=self._on_failed)

    def _on_failed(self, error: StudioError) -> None:
        self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        if ChangeKind.HISTORY in changes.kinds:
            self.reload()


def _cells(row: KeptLineRow) -> list[str]:
    column = "" if row.line.column is None else f"{row.line.column:,}"
    return [f"{row.line.line:,}", column, row.line.problem]


def show_import_report(
    workspace: "Workspace",
    commands: CommandRegistry,
    parent: QWidget | None,
    report: "ImportReport | None" = None,
) -> ImportReportDialog:
    """Open the dialog beside the work; it goes when it is closed."""
    dialog = ImportReportDialog(workspace, commands, parent, report)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
