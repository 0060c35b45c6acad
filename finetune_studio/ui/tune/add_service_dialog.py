"""Three fields to a service of one's own: its name, its address, its key; asked once before it is kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.widgets import Banner, Button, FormRow, Label, LineHeightLabel, StudioLineEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.services import AddedService, add_service
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class AddServiceDialog(QDialog):
    """Accepted once the service is kept; `added` is what it became."""

    def __init__(self, workspace: "Workspace", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add a service")
        self.resize(480, 10)
        self._workspace = workspace
        self._task: TaskHandle | None = None
        self.added: AddedService | None = None
        self.name = StudioLineEdit(placeholder="Our gateway")
        self.address = StudioLineEdit(placeholder="https://…/v1")
        self.key = StudioLineEdit(placeholder="Leave empty where it asks for none")
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.add_button = Button("Test and add", kind="primary")
        self.anyway_button = Button("Add without the test")
        self.anyway_button.hide()
        self.cancel_button = Button("Cancel")
        self._lay_out()
        for field in (self.name, self.address, self.key):
            field.textChanged.connect(self._on_text_changed)
        self.add_button.clicked.connect(self._on_add_clicked)
        self.anyway_button.clicked.connect(self._on_anyway_clicked)
        self.cancel_button.clicked.connect(self.reject)
        self.add_button.setDefault(True)
        self._on_text_changed()

    def _lay_out(self) -> None:
        column = dialog_column(self, 12)
        column.addWidget(Label("Add a service", type="title"))
        text = (
            "Any service or gateway that speaks OpenAI's fine-tuning protocol. "
            "It is asked once for its models."
        )
        column.addWidget(LineHeightLabel(text, type="secondary"))
        column.addWidget(FormRow("Name", self.name, "What the list of services calls it."))
        column.addWidget(FormRow("Address", self.address, "Where its API is; most addresses end in /v1."))
        key_help = "It goes to this address only, and is kept in this computer's keyring."
        column.addWidget(FormRow("API key", self.key, key_help))
        column.addWidget(self.banner)
        buttons = button_row(None, spacing=8)
        for button in (self.cancel_button, self.anyway_button, self.add_button):
            buttons.addWidget(button)
        column.addLayout(buttons)

    def _run(self, *, test: bool) -> None:
        sending = self._workspace.sending
        name, address, key = self.name.text(), self.address.text().strip(), self.key.text().strip()

        def work(_context: TaskContext) -> AddedService:
            return add_service(sending, name, address, key, test=test)

        self._set_busy(True)
        self._task = self._workspace.tasks.run(
            work, title="Add a service", done=self._on_added, failed=self._on_failed
        )

    def _set_busy(self, busy: bool) -> None:
        for field in (self.name, self.address, self.key):
            field.setEnabled(not busy)
        self.anyway_button.setEnabled(not busy)
        self.add_button.setText("Asking the service…" if busy else "Test and add")
        self.add_button.setEnabled(not busy and self._is_complete)
        if busy:
            self.banner.hide()

    @property
    def _is_complete(self) -> bool:
        return bool(self.name.text().strip() and self.address.text().strip())

    def _on_added(self, added: AddedService) -> None:
        self._task = None
        self.key.clear()
        self.added = added
        self.accept()

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        self._set_busy(False)
        if isinstance(error, CancelledError):
            return
        self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")
        was_asked = bool(getattr(error, "code", ""))
        self.anyway_button.setVisible(was_asked and getattr(error, "status", None) != 401)
        wrong_key = getattr(error, "status", None) in (401, 403)
        field = self.key if wrong_key else self.address
        field.setFocus()
        field.selectAll()

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self.key.clear()
        super().reject()

    @Slot()
    def _on_text_changed(self) -> None:
        self.add_button.setEnabled(self._is_complete)
        self.anyway_button.hide()

    @Slot()
    def _on_add_clicked(self) -> None:
        self._run(test=True)

    @Slot()
    def _on_anyway_clicked(self) -> None:
        self._run(test=False)
