"""What the dialogs share that keep something once the service was asked about it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.widgets import Banner, Button, StudioLineEdit
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

T = TypeVar("T")


class AskingDialog(QDialog):
    """A key field, a banner for what the service said, and the buttons: keep, without the test, cancel.

    `keep_requested(test)`: with asking the service first, or without. Subclasses lay these out, say in
    `fields` and `is_complete` what is entered, and do what is requested.
    """

    keep_requested = Signal(bool)

    def __init__(
        self, workspace: "Workspace", title: str, verbs: tuple[str, str], parent: QWidget | None = None
    ) -> None:
        """`verbs` are the words of the buttons: "Test and keep", "Keep without the test"."""
        super().__init__(parent)
        self.setWindowTitle(title)
        self._workspace = workspace
        self._task: TaskHandle | None = None
        self._verb = verbs[0]
        self.key = StudioLineEdit()
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.keep_button = Button(verbs[0], kind="primary")
        self.anyway_button = Button(verbs[1])
        self.anyway_button.hide()
        self.cancel_button = Button("Cancel")
        self.keep_button.clicked.connect(self._on_keep_clicked)
        self.anyway_button.clicked.connect(self._on_anyway_clicked)
        self.cancel_button.clicked.connect(self.reject)
        self.keep_button.setDefault(True)

    @property
    def fields(self) -> tuple[StudioLineEdit, ...]:
        """What cannot be changed while the service is asked."""
        return (self.key,)

    @property
    def is_complete(self) -> bool:
        return bool(self.key.text().strip())

    def _start(self, work: Callable[[TaskContext], T], title: str, done: Callable[[T], None]) -> None:
        self._set_busy(True)
        self._task = self._workspace.tasks.run(work, title=title, done=done, failed=self._on_failed)

    def _set_busy(self, busy: bool) -> None:
        for field in self.fields:
            field.setEnabled(not busy)
        self.keep_button.setEnabled(not busy and self.is_complete)
        self.keep_button.setText("Asking the service…" if busy else self._verb)
        self.anyway_button.setEnabled(not busy)
        if busy:
            self.banner.hide()

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        self._set_busy(False)
        if isinstance(error, CancelledError):
            return
        self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")
        self.anyway_button.setVisible(self._may_go_on(error))
        field = self._field_of(error)
        field.setFocus()
        field.selectAll()

    def _may_go_on(self, error: StudioError) -> bool:
        """Whether it may be kept all the same: not what the service itself refused."""
        return getattr(error, "status", None) != 401

    def _field_of(self, error: StudioError) -> StudioLineEdit:
        """Where to mend it."""
        return self.key

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.key.clear()
        super().reject()

    @Slot()
    def _on_keep_clicked(self) -> None:
        self.keep_requested.emit(True)

    @Slot()
    def _on_anyway_clicked(self) -> None:
        self.keep_requested.emit(False)
