"""The left side: where, what, how, how much, and go."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.domain.errors import UsageError
from finetune_studio.targets.profile import Profile
from finetune_studio.targets.target import Target
from finetune_studio.ui.tune.auto_fields import FIELD_HEIGHT, HyperparameterFields
from finetune_studio.ui.tune.forecast_card import ForecastCard
from finetune_studio.ui.tune.more_fields import MoreFields
from finetune_studio.ui.tune.target_fields import TargetFields
from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import (
    Button,
    FormRow,
    Label,
    LineHeightLabel,
    NumberField,
    ScrollColumn,
    SidePanel,
    StudioLineEdit,
)
from finetune_studio.workspace.submission_choices import SEED_LIMIT, seed_problem, suffix_problem
from finetune_studio.workspace.submission_order import Order
from finetune_studio.workspace.submission_preview import Preview
from finetune_studio.workspace.submission_records import SubmissionPlan

BAR = 10
"""Width of a scroll bar, which stands in the margin."""


class FittingColumn(ScrollColumn):
    """As high as what is in it, where there is room; scrolls where there is not."""

    def __init__(self, margin: int = 0, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(margin, spacing, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields have it, and bring themselves into sight
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.body.setContentsMargins(0, 0, BAR, 0)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        inner = self.widget()
        if inner is not None:
            inner.installEventFilter(self)

    def sizeHint(self) -> QSize:
        layout = self.body
        width = self.viewport().width()
        high = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        return QSize(layout.sizeHint().width(), high)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 80)

    @Slot(int, int)
    def _on_range_changed(self, _low: int, high: int) -> None:
        self.body.setContentsMargins(0, 0, 0 if high > 0 else BAR, 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.updateGeometry()
        return super().eventFilter(watched, event)


class ValidationRow(QWidget):
    """Whether the validation split is used; where there is none, the offer to make one."""

    changed = Signal()
    split_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.use = QCheckBox("Validate on the validation split", self)
        self.use.setChecked(True)
        self.use.setToolTip("Not trained on: its loss shows whether the model learns or only memorises.")
        self.none = LineHeightLabel("No example is kept for validation.", type="small", parent=self)
        self.split_button = Button("Use 10 % for validation", kind="link", parent=self)
        row.addWidget(self.use)
        row.addWidget(self.none, 1)
        row.addWidget(self.split_button)
        self.use.toggled.connect(self.changed)
        self.split_button.clicked.connect(self.split_requested)
        self.show_counts(0, can_split=False)

    def show_counts(self, examples: int, *, can_split: bool) -> None:
        self.use.setVisible(examples > 0)
        self.use.setText(f"Validate on {count_text(examples, 'example')} kept for it")
        self.none.setVisible(not examples)
        self.split_button.setVisible(not examples and can_split)


class TuneForm(SidePanel):
    """`changed`: the numbers follow anew; `target_changed`: the checks do too."""

    changed = Signal()
    target_changed = Signal()
    findings_requested = Signal()

    def __init__(self, profiles: Mapping[str, Profile], name: str, parent: QWidget | None = None) -> None:
        super().__init__(edge="right", parent=parent)
        self.body.setContentsMargins(20, 16, 20 - BAR, 16)
        self.body.setSpacing(12)
        self.is_touched = False
        """Whether the person chose anything; until then the form follows what was sent last."""
        self._target: Target | None = None
        self.column = FittingColumn(spacing=12, parent=self)
        ground = self.column.widget()
        self.where = TargetFields(profiles, ground)
        self.hyperparameters = HyperparameterFields(ground)
        self.hyper_label = Label("Hyperparameters", type="label", parent=ground)
        self.suffix = StudioLineEdit(_as_suffix(name), placeholder="None")
        self.seed = NumberField(-1, SEED_LIMIT - 1, -1, special="Auto")
        self.seed.setToolTip("The same seed and data give the same result, as far as the service allows.")
        self.suffix.setToolTip("Becomes part of the name of the tuned model, and names the job here.")
        self.validation = ValidationRow(ground)
        self.more = MoreFields(ground)
        self.card = ForecastCard(self)
        self.start = Button("Start fine-tuning", kind="primary", parent=self)
        self.export = Button("Export files…", parent=self)
        self.problem = LineHeightLabel("", type="small", tone="error", parent=self)
        self.problem.hide()
        self._lay_out()
        self._connect()
        self._follow_target()

    def _lay_out(self) -> None:
        self.body.addWidget(Label("New fine-tune", type="title"))
        column = self.column.body
        for field in (self.suffix, self.seed):
            field.setFixedHeight(FIELD_HEIGHT)
        names = QHBoxLayout()
        names.setSpacing(8)
        ground = self.column.widget()
        names.addWidget(FormRow("Name suffix", self.suffix, parent=ground), 2)
        self.seed_row = FormRow("Seed", self.seed, parent=ground)
        names.addWidget(self.seed_row, 1)
        column.addWidget(self.where)
        block = QVBoxLayout()
        block.setSpacing(5)
        block.addWidget(self.hyper_label)
        block.addWidget(self.hyperparameters)
        column.addLayout(block)
        column.addLayout(names)
        column.addWidget(self.validation)
        column.addWidget(self.more)
        self.body.addWidget(self.column, 1)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, BAR, 0)
        below.addWidget(self.card)
        self.body.addLayout(below)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.setContentsMargins(0, 0, BAR, 0)
        for button in (self.start, self.export):
            button.setFixedHeight(36)
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.export)
        self.body.addLayout(buttons)
        self.body.addWidget(self.problem)
        self.body.addStretch(0)

    def _connect(self) -> None:
        self.where.changed.connect(self._on_where_changed)
        self.hyperparameters.changed.connect(self._on_changed)
        self.suffix.textEdited.connect(self._on_changed)
        self.seed.valueChanged.connect(self._on_changed)
        self.validation.changed.connect(self._on_changed)
        self.more.changed.connect(self._on_changed)
        self.card.findings_requested.connect(self.findings_requested)

    # What is chosen

    @property
    def target(self) -> Target | None:
        """None while something is missing."""
        return self._target

    def order(self) -> Order:
        """Raises UsageError that says what is missing."""
        problem = self.where.address_problem()
        if problem:
            self.where.address.setFocus()
            raise UsageError(problem)
        target = self.where.target()
        seed = self.seed.value() if self.seed.value() >= 0 and target.profile.job.seed else None
        suffix = self.suffix.text().strip()
        problem = self.hyperparameters.problem() or suffix_problem(target.profile, suffix)
        problem = problem or seed_problem(seed)
        if problem:
            raise UsageError(problem)
        return Order(
            target=target,
            base_url=self.where.base_url,
            hyperparameters=self.hyperparameters.values(),
            suffix=suffix,
            seed=seed,
            with_validation=self.validation.use.isChecked(),
            moderate=self.more.wants_moderation,
            metadata=self.more.pairs(),
            wandb=self.more.wandb_pairs(suffix),
        )

    def choose_target(self, target: Target) -> None:
        """Follow a target that was chosen elsewhere."""
        if target != self._target:
            self.where.choose(target.profile.id, target.model.id, target.method, self.where.base_url)

    def show_plan(self, plan: SubmissionPlan) -> None:
        """Show what was sent last."""
        address = "" if plan.base_url == "local" else plan.base_url
        if not self.where.choose(plan.profile_id, plan.model, plan.method, address):
            return
        self.hyperparameters.set_values(plan.hyperparameters)
        self.suffix.setText(plan.suffix)
        self.seed.setValue(-1 if plan.seed is None else plan.seed)
        self.more.show_plan(plan)
        self.is_touched = False

    # What is shown

    def show_preview(self, preview: Preview) -> None:
        """Numbers of what would be sent now."""
        if self._target is None:
            return
        nothing_kept = preview.validation.examples == 0
        can_split = nothing_kept and not preview.has_test and preview.training.examples > 1
        self.validation.show_counts(preview.validation.examples, can_split=can_split)
        uses = self.validation.use.isChecked()
        self.card.show_preview(self._target, preview, with_validation=uses)
        epochs = self.hyperparameters.fields.get("n_epochs")
        if epochs is not None:
            forecast = preview.forecast
            expected = forecast.epochs if forecast is not None and not forecast.epochs_chosen else None
            if forecast is None or expected is not None:
                epochs.set_expected(expected)

    def show_problem(self, text: str) -> None:
        """Say below the buttons why it does not start; empty hides it."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _follow_target(self) -> None:
        target = self.where.target_or_none()
        self._target = target
        method = self.where.profile.method(str(self.where.method.currentData()))
        self.hyperparameters.set_facts(method.hyperparameters if method else ())
        self.hyper_label.setVisible(bool(self.hyperparameters.fields))
        self.seed_row.setVisible(self.where.profile.job.seed)
        self.more.set_profile(self.where.profile)
        if target is None:
            self.card.show_no_target()

    @Slot()
    def _on_where_changed(self) -> None:
        before = self._target
        self.is_touched = True
        self._follow_target()
        self.show_problem("")
        self.changed.emit()
        if self._target != before:
            self.target_changed.emit()

    @Slot()
    def _on_changed(self) -> None:
        self.is_touched = True
        self.show_problem("")
        self.changed.emit()


def _as_suffix(name: str) -> str:
    """A dataset's name as a suffix that all services take."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:40]
