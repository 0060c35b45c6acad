"""Three fields to a service of one's own: its name, its address, its key; asked once before it is kept."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.tune.asking_dialog import AskingDialog
from finetune_studio.ui.widgets import FormRow, Label, LineHeightLabel, StudioLineEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.services import AddedService, add_service
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class AddServiceDialog(AskingDialog):
    """Accepted once the service is kept; `added` is what it became."""

    def __init__(self, workspace: "Workspace", parent: QWidget | None = None) -> None:
        super().__init__(workspace, "Add a service", ("Test and add", "Add without the test"), parent)
        self.resize(480, 10)
        self.added: AddedService | None = None
        self.name = StudioLineEdit(placeholder="Our gateway")
        self.address = StudioLineEdit(placeholder="https://…/v1")
        self.key.setPlaceholderText("Leave empty where it asks for none")
        self._lay_out()
        self.keep_requested.connect(self._on_keep_requested)
        for field in self.fields:
            field.textChanged.connect(self._on_text_changed)
        self._on_text_changed()

    @property
    def fields(self) -> tuple[StudioLineEdit, ...]:
        return (self.name, self.address, self.key)

    @property
    def is_complete(self) -> bool:
        return bool(self.name.text().strip() and self.address.text().strip())

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
        for button in (self.cancel_button, self.anyway_button, self.keep_button):
            buttons.addWidget(button)
        column.addLayout(buttons)

    @Slot(bool)
    def _on_keep_requested(self, test: bool) -> None:
        sending = self._workspace.sending
        name, address, key = self.name.text(), self.address.text().strip(), self.key.text().strip()

        def work(_context: TaskContext) -> AddedService:
            return add_service(sending, name, address, key, test=test)

        self._start(work, "Add a service", self._on_added)

    def _on_added(self, added: AddedService) -> None:
        self._task = None
        self.key.clear()
        self.added = added
        self.accept()

    def _may_go_on(self, error: StudioError) -> bool:
        was_asked = bool(getattr(error, "code", ""))
        return was_asked and super()._may_go_on(error)

    def _field_of(self, error: StudioError) -> StudioLineEdit:
        wrong_key = getattr(error, "status", None) in (401, 403)
        return self.key if wrong_key else self.address

    @Slot()
    def _on_text_changed(self) -> None:
        self.keep_button.setEnabled(self.is_complete)
        self.anyway_button.hide()
