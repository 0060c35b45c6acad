"""Which chat model drafts, and what that means: where the text of the example goes."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import StudioError
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.key_row import KeyDialog, KeyRow, KeyState, find_key
from finetune_studio.ui.widgets import Button, ComboBox, FormRow, LineHeightLabel, StudioLineEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind, tuned_choices
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_LOOK_AFTER = 250
_SAYS = "The model is asked when you ask for a draft, and never before. It is remembered for this dataset."


class DraftModelDialog(QDialog):
    """Accepted: `choice()` is the model."""

    def __init__(
        self, workspace: "Workspace", before: ModelChoice | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose the model that drafts")
        self.resize(520, 10)
        self._workspace = workspace
        sending = workspace.sending
        self._profiles: list[Profile] = [p for p in sending.profiles.values() if p.can_submit]
        self._profiles.sort(key=lambda profile: not profile.is_local)
        self._tuned = tuned_choices(sending)
        self.where = ComboBox("Where")
        self.address = StudioLineEdit(placeholder="https://…/v1")
        self.address_row = FormRow("Address", self.address)
        self.model = ComboBox("Model")
        self.model.setEditable(True)
        self.key_row = KeyRow()
        self.told = LineHeightLabel(type="secondary")
        self.use = Button("Use this model", kind="primary")
        self.cancel = Button("Cancel")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_AFTER)
        for profile in self._profiles:
            self.where.addItem(profile.title, profile.id)
        self._lay_out()
        self._connect()
        self._begin_with(before)

    def _lay_out(self) -> None:
        column = dialog_column(self, 14)
        column.addWidget(LineHeightLabel(_SAYS, type="secondary"))
        column.addWidget(FormRow("Where", self.where))
        column.addWidget(self.address_row)
        column.addWidget(self.key_row)
        column.addWidget(FormRow("Model", self.model))
        column.addWidget(self.told)
        foot = button_row(None, self.cancel, self.use)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.where.currentIndexChanged.connect(self._on_where_changed)
        self.address.textChanged.connect(self._on_address_changed)
        self.model.editTextChanged.connect(self._show_state)
        self.key_row.enter_requested.connect(self._on_enter_requested)
        self._timer.timeout.connect(self._look_for_key)
        self.finished.connect(self._timer.stop)
        self.use.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def _begin_with(self, before: ModelChoice | None) -> None:
        ids = [profile.id for profile in self._profiles]
        known = before is not None and before.profile_id in ids
        self.where.setCurrentIndex(ids.index(before.profile_id) if known and before else 0)
        self._on_where_changed()
        if known and before is not None:
            self.address.setText(before.base_url or self._profile.base_url)
            self.model.setEditText(before.model)

    @property
    def _profile(self) -> Profile:
        return self._profiles[max(0, self.where.currentIndex())]

    @property
    def _base_url(self) -> str:
        """The address where it is another than the service's own."""
        if self._profile.is_local:
            return ""
        text = self.address.text().strip()
        return "" if text == self._profile.base_url else text

    def choice(self) -> ModelChoice:
        """The model as it is chosen now."""
        profile, model = self._profile, self.model.currentText().strip()
        tuned = next((each for each in self._tuned if each.model == model), None)
        base = tuned.base_model if tuned is not None else model
        kind = ModelKind.TUNED if tuned is not None else ModelKind.BASE
        return ModelChoice(kind, profile.id, self._base_url, model, base, model, profile.title)

    @Slot()
    def _on_where_changed(self) -> None:
        profile = self._profile
        self.address_row.setVisible(not profile.is_local and profile.base_url_editable)
        self.key_row.setVisible(not profile.is_local)
        self.address.setText(profile.base_url)
        self.model.clear()
        tuned = [each.model for each in self._tuned if each.profile_id == profile.id]
        self.model.addItems([*tuned, *(each.id for each in profile.models if each.id not in tuned)])
        self._look_for_key()
        self._show_state()

    @Slot()
    def _on_address_changed(self) -> None:
        self._timer.start()
        self._show_state()

    @Slot()
    def _look_for_key(self) -> None:
        self._timer.stop()
        profile, base_url, workspace = self._profile, self._base_url, self._workspace
        if profile.is_local:
            return

        def look(_context: TaskContext) -> KeyState:
            return find_key(workspace, profile, base_url)

        self._workspace.tasks.run(
            look, title="Look for the key", done=self._on_key_found, key=f"draft key {id(self)}"
        )

    def _on_key_found(self, state: KeyState) -> None:
        if isValid(self):
            self.key_row.show_state(state)

    @Slot()
    def _on_enter_requested(self) -> None:
        dialog = KeyDialog(self._workspace, self._profile, self._base_url, self)
        dialog.exec()
        dialog.deleteLater()
        self._look_for_key()

    @Slot()
    def _show_state(self) -> None:
        """Say where the text goes, and whether there is enough to ask."""
        profile = self._profile
        if profile.is_local:
            self.told.setText("Nothing leaves this computer: its own server answers.")
        else:
            where = self._base_url or profile.base_url or "the address"
            self.told.setText(
                f"For a draft, the messages of the open example are sent to {where}, and nothing else."
            )
        self.use.setEnabled(bool(self.model.currentText().strip()) and self._has_address())

    def _has_address(self) -> bool:
        from finetune_studio.providers.registry import address_of

        if self._profile.is_local:
            return True
        try:
            return bool(address_of(self._profile, self._base_url))
        except StudioError:
            return False
