"""What few people need: pairs kept with the job at the service, and reporting to Weights & Biases."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.targets.profile import Profile
from finetune_studio.ui.widgets import Button, FormRow, StudioLineEdit
from finetune_studio.workspace.submission_choices import pairs_of
from finetune_studio.workspace.submission_records import SubmissionPlan


class ExtraFields(QWidget):
    """The fields themselves; `edited` after each choice."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.metadata = StudioLineEdit(placeholder="team=marv, ticket=42")
        about = "Kept with the job at the service, to find it by."
        self.metadata_row = FormRow("Metadata", self.metadata, about, self)
        self.wandb = QWidget(self)
        self.project = StudioLineEdit(placeholder="None")
        self.entity = StudioLineEdit(placeholder="Your default")
        row = QHBoxLayout(self.wandb)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        about = "The service reports its curves there."
        row.addWidget(FormRow("W&B project", self.project, about, self.wandb), 1)
        row.addWidget(FormRow("W&B entity", self.entity, "A team or a user.", self.wandb), 1)
        self.moderate = QCheckBox("Ask its moderation first", self)
        self.moderate.setToolTip("Every example is sent to the service's moderation, before any is uploaded.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.metadata_row)
        column.addWidget(self.wandb)
        column.addWidget(self.moderate)
        self.moderate.toggled.connect(self.edited)
        for field in (self.metadata, self.project, self.entity):
            field.textEdited.connect(self.edited)


class MoreFields(QWidget):
    """Folded away until asked for; hidden where the service takes none of it. `changed` after each choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = Button("More options", kind="link", parent=self)
        self.toggle.setCheckable(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.toggle)
        head.addStretch(1)
        self._column.addLayout(head)
        self._fields: ExtraFields | None = None
        self.toggle.toggled.connect(self._on_toggled)
        self._takes_metadata = self._takes_wandb = self._moderates = False

    @property
    def fields(self) -> ExtraFields:
        """Made when they are first unfolded, or filled."""
        if self._fields is None:
            self._fields = ExtraFields(self)
            self._fields.hide()
            self._fields.edited.connect(self.changed)
            self._column.addWidget(self._fields)
            self._show_taken()
        return self._fields

    def set_profile(self, profile: Profile) -> None:
        """Show what this service takes."""
        job = profile.job
        self._takes_metadata = job.metadata and not profile.is_local
        self._takes_wandb = job.wandb
        self._moderates = bool(profile.moderation_model)
        self._show_taken()
        self.setVisible(self._takes_metadata or self._takes_wandb or self._moderates)

    def _show_taken(self) -> None:
        if self._fields is not None:
            self._fields.metadata_row.setVisible(self._takes_metadata)
            self._fields.wandb.setVisible(self._takes_wandb)
            self._fields.moderate.setVisible(self._moderates)

    def show_plan(self, plan: SubmissionPlan) -> None:
        """Show what was sent last."""
        if self._fields is None and not plan.metadata and not plan.wandb:
            return
        self.fields.metadata.setText(", ".join(f"{key}={value}" for key, value in plan.metadata))
        known = dict(plan.wandb)
        self.fields.project.setText(known.get("project", ""))
        self.fields.entity.setText(known.get("entity", ""))
        if plan.metadata or plan.wandb:
            self.toggle.setChecked(True)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The metadata that is sent; raises UsageError for what cannot be read."""
        if self._fields is None or not self._takes_metadata:
            return ()
        return pairs_of(self._fields.metadata.text())

    @property
    def wants_moderation(self) -> bool:
        return self._moderates and self._fields is not None and self._fields.moderate.isChecked()

    def wandb_pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Project, name of the run and entity; nothing without a project."""
        if self._fields is None or not self._takes_wandb:
            return ()
        project, entity = self._fields.project.text().strip(), self._fields.entity.text().strip()
        if not project:
            return ()
        found = (("project", project), ("name", name), ("entity", entity))
        return tuple((key, value) for key, value in found if value)

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self.fields.setVisible(shown)
        self.toggle.setText("Fewer options" if shown else "More options")
