"""“Report”, from any page: the state of the dataset as a file for somebody else."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.page_stack import PageStack

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ReportCommand(QObject):
    """What is being typed is written first. The report is gathered in the background, where it can be
    cancelled."""

    def __init__(self, commands: CommandRegistry, pages: PageStack, window: QWidget) -> None:
        super().__init__(window)
        self._commands = commands
        self._pages = pages
        self._window = window
        self._workspace: Workspace | None = None
        self._written: Path | None = None
        commands.register("check.report", self._on_report)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        self._workspace = workspace

    def _on_report(self) -> None:
        from finetune_studio.workspace.report_writing import write_report

        workspace = self._workspace
        if workspace is None:
            return
        if workspace.lint.facts is None:
            raise StudioError(
                "The dataset has not been checked yet.", "Check it (F5), then ask for the report again."
            )
        self._pages.flush()
        start = str(workspace.path.with_name(f"{workspace.name} report.html"))
        kinds = "Web page (*.html);;Markdown (*.md)"
        path, kind = QFileDialog.getSaveFileName(self._window, "Write a report", start, kinds)
        if not path:
            return
        chosen = Path(path)
        if not chosen.suffix:
            chosen = chosen.with_suffix(".md" if "*.md" in kind else ".html")
        workspace.ask(
            write_report,
            chosen,
            done=self._on_done,
            failed=self._on_failed,
            title="Report",
            key="report",
            visible=True,
        )

    def _on_done(self, path: Path) -> None:
        if isValid(self):
            self._written = path
            self._commands.notice(f"{path.name} written", "Open", self._on_open)

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self._commands.report_error(error)

    def _on_open(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))
