"""The workspace's Notifier as a Qt signal."""

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.workspace.notify import Notifier


class WorkspaceSignals(QObject):
    """`changed(Changes)`, on the GUI thread; ends with `stop`, or with its parent."""

    changed = Signal(object)

    def __init__(self, notifier: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unsubscribe = notifier.subscribe(self._on_published)
        self._stopped = False

    def stop(self) -> None:
        """Hear no more; may be called twice."""
        if not self._stopped:
            self._stopped = True
            self._unsubscribe()

    def _on_published(self, changes: Changes) -> None:
        if isValid(self):
            self.changed.emit(changes)
        else:
            self.stop()
