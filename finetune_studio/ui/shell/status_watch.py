"""Keeps the status bar true: asks again after changes, a few times a second at most."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_studio.ui.shell.status_bar import StatusBar
from finetune_studio.ui.shell.status_facts import StatusFacts, status_of

if TYPE_CHECKING:
    from finetune_studio.ui.workspace_signals import WorkspaceSignals
    from finetune_studio.workspace.workspace import Workspace

_WAIT = 120
"""Milliseconds in which changes are taken together."""


class StatusWatch(QObject):
    """`changed` comes on every change of the dataset and of what waits to be written."""

    changed = Signal()

    def __init__(self, bar: StatusBar, parent: QObject) -> None:
        super().__init__(parent)
        self._bar = bar
        self._workspace: Workspace | None = None
        self._signals: WorkspaceSignals | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._ask)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        if self._signals is not None:
            self._signals.stop()
            self._signals.deleteLater()
            self._signals = None
        self._timer.stop()
        self._workspace = workspace
        self._bar.clear()
        if workspace is None:
            return
        from finetune_studio.ui.workspace_signals import WorkspaceSignals

        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._signals.changed.connect(self._on_workspace_changed)
        workspace.pending_changed = self._on_pending_changed
        self._on_pending_changed()
        self._ask()

    @Slot(object)
    def _on_workspace_changed(self, _changes: object) -> None:
        self.changed.emit()
        if not self._timer.isActive():
            self._timer.start()

    def _on_pending_changed(self) -> None:
        if self._workspace is not None:
            self._bar.show_saved(self._workspace.pending_writes, self._workspace.read_only)
            self.changed.emit()

    @Slot()
    def _ask(self) -> None:
        if self._workspace is not None:
            self._workspace.ask(status_of, done=self._on_facts, title="Counting", key="status bar")

    def _on_facts(self, facts: StatusFacts) -> None:
        self._bar.show_facts(facts)
