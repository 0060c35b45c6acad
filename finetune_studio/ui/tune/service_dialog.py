"""Change what is known of a service: limits, prices, models; for one's own, its name and address too."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.service_facts import LimitFields, ModelFields
from finetune_studio.ui.widgets import (
    Banner,
    Button,
    FormRow,
    Label,
    LineHeightLabel,
    ScrollColumn,
    SectionLabel,
    StudioLineEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.workspace.services import change_service, forget_service, is_changed, is_own
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ServiceDialog(QDialog):
    """Accepted once something was kept or removed; the form, the checks and the forecast follow."""

    def __init__(self, workspace: "Workspace", profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"{profile.title}: limits and prices")
        self.resize(620, 560)
        self._workspace = workspace
        self._profile = profile
        self.is_own = is_own(workspace.sending, profile.id)
        self.name = StudioLineEdit(profile.title)
        self.address = StudioLineEdit(profile.base_url)
        self.limits = LimitFields(profile)
        self.models = ModelFields(profile)
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.keep_button = Button("Keep", kind="primary")
        self.cancel_button = Button("Cancel")
        self.remove_button = Button("Remove the service" if self.is_own else "Back to what the app ships")
        self.remove_button.setVisible(self.is_own or is_changed(workspace.sending, profile.id))
        self._lay_out()
        self.keep_button.clicked.connect(self._on_keep_clicked)
        self.cancel_button.clicked.connect(self.reject)
        self.remove_button.clicked.connect(self._on_remove_clicked)
        self.keep_button.setDefault(True)

    def _lay_out(self) -> None:
        column = dialog_column(self, 12)
        column.addWidget(Label(self._profile.title, type="title"))
        text = (
            "What you enter here goes before what the app knows; an empty field is not known. "
            "The form, the checks and the forecast follow it."
        )
        column.addWidget(LineHeightLabel(text, type="secondary"))
        scroll = ScrollColumn(spacing=12)
        scroll.body.setContentsMargins(0, 0, 12, 0)
        if self.is_own:
            scroll.body.addWidget(FormRow("Name", self.name))
            help_text = "The key stays bound to the old address: another one needs its key again."
            scroll.body.addWidget(FormRow("Address", self.address, help_text))
        scroll.body.addWidget(SectionLabel("Models"))
        scroll.body.addWidget(self.models)
        scroll.body.addWidget(self.limits)
        sources = _sources_text(self._profile)
        if sources:
            scroll.body.addWidget(SectionLabel("Where the facts come from"))
            scroll.body.addWidget(LineHeightLabel(sources, type="small"))
        column.addWidget(scroll, 1)
        column.addWidget(self.banner)
        buttons = button_row(self.remove_button, None, self.cancel_button, self.keep_button, spacing=8)
        column.addLayout(buttons)

    def problem(self) -> str:
        """What cannot be kept, as a sentence; empty where all can."""
        if self.is_own and not self.name.text().strip():
            return "The service needs a name."
        return self.limits.problem() or self.models.problem()

    def changes(self) -> dict[str, Any]:
        """What differs from the profile, in the words of profiles/*.toml."""
        models = self.models.changes()
        return {**self.limits.changes(), **({"models": models} if models else {})}

    @Slot()
    def _on_keep_clicked(self) -> None:
        problem = self.problem()
        if problem:
            self.banner.show_message(problem, "error")
            return
        sending, profile_id, changes = self._workspace.sending, self._profile.id, self.changes()
        name = self.name.text().strip() if self.is_own else ""
        address = self.address.text().strip() if self.is_own else ""

        def work(_context: TaskContext) -> None:
            change_service(sending, profile_id, changes, title=name, base_url=address)

        self.keep_button.setEnabled(False)
        self._workspace.tasks.run(work, title="Keep the service", done=self._on_kept, failed=self._on_failed)

    @Slot()
    def _on_remove_clicked(self) -> None:
        box = QuestionBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.remove_button.text())
        if self.is_own:
            box.setText(f"Remove {self._profile.title} and its key? Its jobs stay in the list.")
        else:
            box.setText(f"Forget what you entered for {self._profile.title}?")
        yes = box.addButton("Remove" if self.is_own else "Forget", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is yes:
            self.remove()

    def remove(self) -> None:
        """Remove an added service, or go back to the shipped facts."""
        sending, profile_id = self._workspace.sending, self._profile.id

        def work(_context: TaskContext) -> None:
            forget_service(sending, profile_id)

        self._workspace.tasks.run(
            work, title="Remove the service", done=self._on_kept, failed=self._on_failed
        )

    def _on_kept(self, _nothing: None) -> None:
        self.accept()

    def _on_failed(self, error: StudioError) -> None:
        self.keep_button.setEnabled(True)
        if not isinstance(error, CancelledError):
            self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")


def _sources_text(profile: Profile) -> str:
    words = {"ran": "tried", "doc": "documented", "secondary": "reported"}
    return "\n".join(
        f"{source.about[:1].upper()}{source.about[1:]}: {source.text}, "
        f"{words[source.confidence]}, {source.at}."
        for source in profile.sources
    )
