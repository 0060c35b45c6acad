"""Short messages over the window; an offer to undo stands while its step is the newest."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Toast

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

UNDO = "Undo"


class Notices(QObject):
    """Says what commands tell. `flush` of `flusher` is called first, so that what is being typed is a step
    of its own and not the one that is offered to be undone."""

    def __init__(self, commands: CommandRegistry, toast: Toast, flusher: QObject, parent: QObject) -> None:
        super().__init__(parent)
        self._toast = toast
        self._flusher = flusher
        self._workspace: Workspace | None = None
        self._step: int | None = None
        """The step that the toast offers to undo."""
        self._undo: Callable[[], object] | None = None
        commands.noticed.connect(self.show)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        self._workspace = workspace
        self._step = None

    @Slot(str, str, object)
    def show(self, text: str, action_text: str = "", action: Callable[[], object] | None = None) -> None:
        """Show a message; "Undo" means the newest step there is now."""
        self._step = self._newest() if action_text == UNDO else None
        self._undo = action
        self._toast.show_message(text, action_text, action if self._step is None else self._on_undo)

    @Slot()
    def refresh(self) -> None:
        """Take an offer back when another step is the newest, after each change."""
        if self._step is not None and self._newest() != self._step:
            self._step = None
            self._toast.hide()

    def _newest(self) -> int | None:
        return self._workspace.history.newest_step if self._workspace is not None else None

    def _on_undo(self) -> None:
        flush = getattr(self._flusher, "flush", None)
        if callable(flush):
            flush()
        workspace, undo = self._workspace, self._undo
        is_newest = self._step is not None and self._newest() == self._step
        self._step = None
        if workspace is not None and undo is not None and is_newest and not workspace.pending_writes:
            undo()
