"""A dataset made of a file that has new lines since: says so, and brings them in."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.shell.errors import ErrorDisplay
from finetune_studio.ui.shell.file_commands import FileCommands

if TYPE_CHECKING:
    from finetune_studio.workspace.queries.sources import SourceNews
    from finetune_studio.workspace.workspace import Workspace

LOOK_AFTER = 1_500
"""Milliseconds after a dataset was opened: opening it comes first."""


class SourceWatch(QObject):
    """Looks once, when a dataset is open."""

    def __init__(self, files: FileCommands, display: ErrorDisplay, parent: QObject) -> None:
        super().__init__(parent)
        self._files = files
        self._display = display
        self._workspace: Workspace | None = None
        self._news: SourceNews | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOK_AFTER)
        self._timer.timeout.connect(self.look)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        """A dataset that can be written."""
        self._timer.stop()
        self._news = None
        self._workspace = workspace if workspace is not None and not workspace.read_only else None
        if self._workspace is not None and self._workspace.import_report is None:
            self._timer.start()

    @Slot()
    def look(self) -> None:
        """Compare in the pool."""
        if self._workspace is not None and not self._workspace.is_closed:
            from finetune_studio.workspace.queries.sources import source_news

            self._workspace.ask(
                source_news, done=self._on_looked, failed=self._on_failed, title="Look at the imported file"
            )

    def _on_looked(self, news: "SourceNews | None") -> None:
        if news is None or self._workspace is None:
            return
        self._news = news
        examples = "1 example that is" if news.new == 1 else f"{news.new:,} examples that are"
        day = f"{news.imported_at.astimezone():%d %b %Y}"
        text = f"{news.path.name} has changed since it was imported on {day}: it has {examples} not here."
        self._display.show_notice(text, "info", "Bring them in", self.bring_in)

    def bring_in(self) -> None:
        """Import what is new; undo takes it back."""
        if self._news is not None:
            self._files.import_new_lines(self._news.path)

    def _on_failed(self, _error: StudioError) -> None:
        """Nothing to tell: the dataset was closed meanwhile, or the file cannot be read."""
