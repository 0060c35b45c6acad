"""What few people need: pairs kept with the job at the service, and reporting to Weights & Biases."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.targets.profile import Profile
from finetune_studio.ui.widgets import Button, FormRow, StudioLineEdit
from finetune_studio.workspace.submission_choices import pairs_of
from finetune_studio.workspace.submission_records import SubmissionPlan


class MoreFields(QWidget):
    """Folded away until asked for; hidden where the service takes none of it. `changed` after each choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggle = Button("More options", kind="link")
        self.toggle.setCheckable(True)
        self.metadata = StudioLineEdit(placeholder="team=marv, ticket=42")
        self.project = StudioLineEdit(placeholder="None")
        self.entity = StudioLineEdit(placeholder="Your default")
        self.metadata_row = FormRow(
            "Metadata", self.metadata, "Kept with the job at the service, to find it by."
        )
        self.wandb = QWidget()
        row = QHBoxLayout(self.wandb)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(FormRow("W&B project", self.project, "The service reports its curves there."), 1)
        row.addWidget(FormRow("W&B entity", self.entity, "A team or a user."), 1)
        self.moderate = QCheckBox("Ask its moderation first")
        self.moderate.setToolTip("Every example is sent to the service's moderation, before any is uploaded.")
        self._inner = QWidget()
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(10)
        inner.addWidget(self.metadata_row)
        inner.addWidget(self.wandb)
        inner.addWidget(self.moderate)
        self._inner.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.toggle)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self._inner)
        self.moderate.toggled.connect(self._on_edited)
        self.toggle.toggled.connect(self._on_toggled)
        for field in (self.metadata, self.project, self.entity):
            field.textEdited.connect(self._on_edited)
        self._takes_metadata = self._takes_wandb = self._moderates = False

    def set_profile(self, profile: Profile) -> None:
        """Show what this service takes."""
        job = profile.job
        self._takes_metadata = job.metadata and not profile.is_local
        self._takes_wandb = job.wandb
        self.metadata_row.setVisible(self._takes_metadata)
        self.wandb.setVisible(self._takes_wandb)
        self._moderates = bool(profile.moderation_model)
        self.moderate.setVisible(self._moderates)
        self.setVisible(self._takes_metadata or self._takes_wandb or self._moderates)

    def show_plan(self, plan: SubmissionPlan) -> None:
        """Show what was sent last."""
        self.metadata.setText(", ".join(f"{key}={value}" for key, value in plan.metadata))
        known = dict(plan.wandb)
        self.project.setText(known.get("project", ""))
        self.entity.setText(known.get("entity", ""))
        if plan.metadata or plan.wandb:
            self.toggle.setChecked(True)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The metadata that is sent; raises UsageError for what cannot be read."""
        return pairs_of(self.metadata.text()) if self._takes_metadata else ()

    @property
    def wants_moderation(self) -> bool:
        return self._moderates and self.moderate.isChecked()

    def wandb_pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Project, name of the run and entity; nothing without a project."""
        project, entity = self.project.text().strip(), self.entity.text().strip()
        if not project or not self._takes_wandb:
            return ()
        found = (("project", project), ("name", name), ("entity", entity))
        return tuple((key, value) for key, value in found if value)

    @Slot(bool)
    def _on_toggled(self, shown: bool) -> None:
        self._inner.setVisible(shown)
        self.toggle.setText("Fewer options" if shown else "More options")

    @Slot()
    def _on_edited(self) -> None:
        self.changed.emit()
