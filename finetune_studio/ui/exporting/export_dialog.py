"""Export: choose, watch, and read what was written and what was left out."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from finetune_studio.targets.target import Target
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.exporting.export_form import ExportForm
from finetune_studio.ui.exporting.export_run import ExportRun
from finetune_studio.ui.widgets import Banner, Button, Label, LineHeightLabel, ProgressRow
from finetune_studio.ui.widgets.charts import TableModel, plain_table
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.workspace.exporting import ExportReport, export_as_is, export_for_target
from finetune_studio.workspace.queries.examples import counts, tag_counts

if TYPE_CHECKING:
    from finetune_studio.workspace.task import TaskContext
    from finetune_studio.workspace.workspace import Workspace

SHOWN_LEFT_OUT = 1000


class ExportDialog(QDialog):
    """Exports in the background; closing it while it works cancels, and the old file stays."""

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        folder: str,
        parent: QWidget | None = None,
        target: Target | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.resize(600, 520)
        self._workspace = workspace
        self._commands = commands
        self.report: ExportReport | None = None
        proposed = Path(folder) / f"{workspace.path.stem}.jsonl"
        profiles = workspace.sending.profiles
        current = target or workspace.target
        self.form = ExportForm(counts(workspace), tag_counts(workspace), current, proposed, profiles)
        self.banner = Banner(closable=True)
        self.progress = ProgressRow("Exporting", cancellable=True)
        self._run = ExportRun(workspace, self.banner, self.progress, self)
        self.result_title = Label(type="title")
        self.result_text = LineHeightLabel(type="secondary")
        self._left_out = TableModel((["Example", "Line", "Why it was left out"], []), self)
        self.table = plain_table("Left out", self._left_out)
        self.export_button = Button("Export", kind="primary")
        self.close_button = Button("Cancel")
        self._stack = QStackedWidget()
        self._lay_out()
        self.form.changed.connect(self._on_form_changed)
        self._run.busy_changed.connect(self._on_busy_changed)
        self._run.done.connect(self._on_done)
        self.export_button.clicked.connect(self._on_export_clicked)
        self.close_button.clicked.connect(self.reject)
        self.export_button.setDefault(True)
        self._on_form_changed()

    def _lay_out(self) -> None:
        result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (self.result_title, self.result_text):
            column.addWidget(part)
        column.addWidget(self.table, 10)
        column.addStretch(1)
        self._stack.addWidget(self.form)
        self._stack.addWidget(result)
        outer = dialog_column(self, 12)
        outer.addWidget(self.banner)
        outer.addWidget(self._stack, 1)
        outer.addWidget(self.progress)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.export_button)
        outer.addLayout(buttons)

    def start(self) -> None:
        """Export what the form says; asks before a file is replaced."""
        path = Path(self.form.path.text().strip())
        target = self.form.target()
        chosen = self.form.filter()

        def work(workspace: "Workspace", context: "TaskContext") -> ExportReport:
            if target is None:
                return export_as_is(workspace, path, chosen, context)
            return export_for_target(workspace, path, target, chosen, context)

        self._run.start(work, f"Exporting to {path.name}", [path])

    @Slot(bool)
    def _on_busy_changed(self, busy: bool) -> None:
        self.form.setEnabled(not busy)
        self.export_button.setEnabled(not busy)

    @Slot(object)
    def _on_done(self, report: ExportReport) -> None:
        self.report = report
        written = "1 example" if report.written == 1 else f"{report.written:,} examples"
        self.result_title.setText(f"Exported {written}")
        text = f"{report.path}, {report.bytes_written:,} bytes."
        if report.n_left_out:
            text += f" {report.n_left_out:,} left out:"
        self.result_text.setText(text)
        shown = report.left_out[:SHOWN_LEFT_OUT]
        rows = [[_number(item.rank), _number(item.line), item.reason] for item in shown]
        self._left_out.set_table((["Example", "Line", "Why it was left out"], rows))
        self.table.resizeColumnsToContents()
        self.table.setVisible(bool(rows))
        self._stack.setCurrentIndex(1)
        self.export_button.hide()
        self.close_button.setText("Close")
        self.close_button.setFocus()

    def reject(self) -> None:
        self._run.cancel()
        super().reject()

    @Slot()
    def _on_export_clicked(self) -> None:
        self.start()

    @Slot()
    def _on_form_changed(self) -> None:
        problem = self.form.problem()
        self.export_button.setEnabled(not problem)
        self.export_button.setToolTip(problem)


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
