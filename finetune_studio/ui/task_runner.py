"""The workspace's tasks for the window: answers arrive on the GUI thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from finetune_studio.workspace.tasks import ThreadTaskRunner


class Postman(QObject):
    """Calls what is posted from any thread in the thread that made it, in order."""

    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def deliver(self, call: Callable[[], None]) -> None:
        """Post a call; safe from every thread."""
        self._posted.emit(call)

    @Slot(object)
    def _on_posted(self, call: Callable[[], None]) -> None:
        call()


class QtTaskRunner(QObject):
    """Owns the ThreadTaskRunner; `tasks_changed` comes on the GUI thread when a task starts, reports or ends.

    `failed(exception)` carries what no caller handled.
    """

    tasks_changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._postman = Postman(self)
        self.runner = ThreadTaskRunner(self._postman.deliver)
        self.runner.tasks_changed = self.tasks_changed.emit
        self.runner.on_error = self.failed.emit
        self.runner.on_bug = self.failed.emit
