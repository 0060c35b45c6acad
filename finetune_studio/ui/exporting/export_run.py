"""One run of an export, whichever dialog asks for it: replacing, progress, cancel, and what went wrong."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.widgets import Banner, ProgressRow
from finetune_studio.ui.widgets.questions import QuestionBox

if TYPE_CHECKING:
    from finetune_studio.workspace.task import TaskHandle
    from finetune_studio.workspace.workspace import Workspace

_NAMED = 4


class ExportRun(QObject):
    """`busy_changed(bool)`, and `done(result)` when it is written. Failures are shown in the banner."""

    busy_changed = Signal(bool)
    done = Signal(object)

    def __init__(
        self, workspace: "Workspace", banner: Banner, progress: ProgressRow, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._banner = banner
        self._progress = progress
        self._window = parent
        self._task: TaskHandle | None = None
        banner.hide()
        progress.hide()
        progress.cancel_requested.connect(self.cancel)

    def start(self, work: Callable[..., Any], title: str, paths: Sequence[Path]) -> bool:
        """Run `work(workspace, context)` in the pool; false when a file is there that is to stay."""
        there = [path for path in paths if path.exists()]
        if there and not self._may_replace(there):
            return False
        self._set_busy(True)
        self._task = self._workspace.ask(
            work, title=title, done=self._on_done, failed=self._on_failed, visible=True
        )
        return True

    @Slot()
    def cancel(self) -> None:
        """The old files stay."""
        if self._task is not None:
            self._task.cancel()

    def _may_replace(self, there: Sequence[Path]) -> bool:
        names = [path.name for path in there[:_NAMED]]
        if len(there) > _NAMED:
            names.append(f"{len(there) - _NAMED} more")
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        box = QuestionBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Replace files" if len(there) > 1 else "Replace the file")
        if len(there) > 1:
            box.setText(f"{listed} exist. Replace them?")
        else:
            box.setText(f"{listed} exists. Replace it?")
        replace = box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is replace

    def _set_busy(self, busy: bool) -> None:
        self._progress.setVisible(busy)
        if busy:
            self._banner.hide()
        self.busy_changed.emit(busy)

    def _on_done(self, result: object) -> None:
        self._task = None
        self._set_busy(False)
        self.done.emit(result)

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        self._set_busy(False)
        if not isinstance(error, CancelledError):
            self._banner.show_message(f"{error.text} {error.advice}".strip(), "error")
