"""Export beside the submit: the training and validation files for the chosen service, into a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.targets.target import Target
from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import (
    Banner,
    Button,
    FormRow,
    Label,
    LineHeightLabel,
    ProgressRow,
    StudioLineEdit,
)
from finetune_studio.workspace.exporting import ExportReport
from finetune_studio.workspace.submission_export import export_parts, part_paths
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN_REASONS = 4


class ExportFilesDialog(QDialog):
    """Writes in the background; closing it while it works cancels, and old files stay."""

    def __init__(
        self,
        workspace: "Workspace",
        target: Target,
        *,
        with_validation: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export files")
        self.resize(520, 10)
        self._workspace = workspace
        self._target = target
        self._with_validation = with_validation
        self._task: TaskHandle | None = None
        self.reports: list[ExportReport] = []
        self.folder = StudioLineEdit(str(workspace.path.parent))
        self.browse = Button("Choose…")
        self.names = LineHeightLabel("", type="secondary")
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.progress = ProgressRow("Exporting", cancellable=True)
        self.progress.hide()
        self.export_button = Button("Export", kind="primary")
        self.open_button = Button("Open the folder")
        self.open_button.hide()
        self.close_button = Button("Cancel")
        self._lay_out()
        self.folder.textChanged.connect(self._on_folder_changed)
        self.browse.clicked.connect(self._on_browse_clicked)
        self.export_button.clicked.connect(self._on_export_clicked)
        self.open_button.clicked.connect(self._on_open_clicked)
        self.close_button.clicked.connect(self.reject)
        self.progress.cancel_requested.connect(self._on_cancel_requested)
        self.export_button.setDefault(True)
        self._on_folder_changed()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(Label("Export files", type="title"))
        text = (
            f"In the form that {self._target.title} takes: the same bytes that a job would send. "
            "Rejected examples stay out."
        )
        column.addWidget(LineHeightLabel(text, type="secondary"))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        self.folder.setAccessibleName("Folder")
        column.addWidget(FormRow("Folder", holder))
        for part in (self.names, self.banner, self.progress):
            column.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.open_button, self.close_button, self.export_button):
            buttons.addWidget(button)
        column.addLayout(buttons)

    def start(self) -> None:
        """Write the files; asks before any is replaced."""
        folder = Path(self.folder.text().strip())
        paths = part_paths(self._workspace, self._target, folder)
        there = [path.name for path in paths if path.exists()]
        if there and not self._may_replace(there):
            return
        target, with_validation = self._target, self._with_validation

        def work(workspace: "Workspace", context: TaskContext) -> list[ExportReport]:
            return export_parts(workspace, target, folder, with_validation=with_validation, context=context)

        self._set_busy(True)
        self._task = self._workspace.ask(
            work, title="Exporting files", done=self._on_done, failed=self._on_failed, visible=True
        )

    def _may_replace(self, names: list[str]) -> bool:
        box = QMessageBox(self)
        box.setWindowTitle("Replace files")
        box.setText(f"{' and '.join(names)} exist{'s' if len(names) == 1 else ''} there. Replace?")
        replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is replace

    def _set_busy(self, busy: bool) -> None:
        self.folder.setEnabled(not busy)
        self.browse.setEnabled(not busy)
        self.export_button.setEnabled(not busy)
        self.progress.setVisible(busy)
        if busy:
            self.banner.hide()

    def _on_done(self, reports: list[ExportReport]) -> None:
        self._task = None
        self._set_busy(False)
        self.reports = reports
        lines = [f"{report.path.name}: {count_text(report.written, 'example')}" for report in reports]
        left_out = [item for report in reports for item in report.left_out]
        total = sum(report.n_left_out for report in reports)
        if total:
            lines.append(f"{total:,} left out:")
            lines += [f"example {item.rank or 0:,}: {item.reason}" for item in left_out[:SHOWN_REASONS]]
        self.banner.show_message("\n".join(lines), "warning" if total else "success")
        self.export_button.hide()
        self.open_button.show()
        self.close_button.setText("Close")
        self.close_button.setFocus()

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        self._set_busy(False)
        if not isinstance(error, CancelledError):
            self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()

    @Slot()
    def _on_folder_changed(self) -> None:
        folder = Path(self.folder.text().strip() or ".")
        paths = part_paths(self._workspace, self._target, folder)
        shown = paths if self._with_validation else paths[:1]
        self.names.setText("\n".join(path.name for path in shown))
        self.export_button.setEnabled(folder.is_dir())

    @Slot()
    def _on_browse_clicked(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Folder for the files", self.folder.text())
        if found:
            self.folder.setText(found)

    @Slot()
    def _on_export_clicked(self) -> None:
        self.start()

    @Slot()
    def _on_open_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text().strip()))

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._task is not None:
            self._task.cancel()
