"""Split the dataset: shares, by what, and what comes of it before anything is changed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QHeaderView, QVBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.split import Split
from finetune_studio.lint.strata import Stratify
from finetune_studio.ui.check.split_words import leak_words, moved_words, table_of, together_words
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    DecimalField,
    FormRow,
    Label,
    LineHeightLabel,
    NumberField,
)
from finetune_studio.ui.widgets.charts import TableModel, plain_table
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.workspace.operations.splits import SEED, SHARES, STRATIFY, apply_split_plan
from finetune_studio.workspace.split_plan import SplitChoices, SplitPlan, plan_splits

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_PLAN_AFTER = 250
_EXPLANATION = (
    "Exact and near copies always go to one side, so that validation tells something. What was put into a "
    "split by hand stays there."
)
_STRATIFY = (
    (Stratify.NONE, "Nothing in particular", "Each example stays where it is whatever else comes or goes."),
    (Stratify.TAG, "Tag", "Each tag keeps its share; an example counts for its rarest tag."),
    (Stratify.LABEL, "Label", "Each label keeps its share, where answers are labels."),
    (Stratify.LENGTH, "Length", "Short and long examples keep their shares."),
)
_WIDE, _FITTING = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents
_HELP = {kind: text for kind, _, text in _STRATIFY}


class SplitDialog(QDialog):
    """Works the plan out again after each choice and each change of the dataset."""

    def __init__(
        self, workspace: "Workspace", commands: CommandRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Split the dataset")
        self.resize(720, 520)
        self._workspace = workspace
        self._commands = commands
        self._planned: tuple[SplitChoices, SplitPlan] | None = None
        self.validation = DecimalField(0, 90, 10, decimals=1)
        self.test = DecimalField(0, 90, 0, decimals=1, special="None")
        self.seed = NumberField(0, 2**31 - 1, 0)
        self.by = ComboBox()
        self.keep = QCheckBox("Leave what is in a split where it is")
        self.model = TableModel(parent=self)
        self.table = plain_table("Examples of each split", self.model)
        self.together = Label(type="secondary")
        self.leaks = Label(type="secondary")
        self.status = Label("Working out the splits…", type="secondary")
        self.apply = Button("Split", kind="primary")
        self.cancel = Button("Cancel")
        self._by_row = FormRow("Balanced by", self.by, " ")
        self._fill()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PLAN_AFTER)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._connect()
        self.plan_now()

    # Building

    def _fill(self) -> None:
        for field in (self.validation, self.test):
            field.setSuffix(" %")
            field.setSingleStep(5)
        self.seed.setGroupSeparatorShown(False)
        for kind, text, _ in _STRATIFY:
            self.by.addItem(text, kind.value)
        options = self._workspace.options()
        shares = options.get(SHARES) or {}
        if Split.VALIDATION.value in shares:
            self.validation.setValue(100 * shares[Split.VALIDATION.value])
            self.test.setValue(100 * shares.get(Split.TEST.value, 0))
            self.seed.setValue(int(options.get(SEED) or 0))
            self.by.setCurrentIndex(max(0, self.by.findData(options.get(STRATIFY))))

    def _lay_out(self) -> None:
        outer = dialog_column(self)
        outer.addWidget(LineHeightLabel(_EXPLANATION, type="secondary"))
        fields = QHBoxLayout()
        fields.setSpacing(12)
        for row, stretch in (
            (FormRow("Validation", self.validation), 2),
            (FormRow("Test", self.test), 2),
            (self._by_row, 5),
            (FormRow("Seed", self.seed), 2),
        ):
            fields.addWidget(row, stretch, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(fields)
        outer.addWidget(self.keep)
        outer.addWidget(self.table, 1)
        facts = QVBoxLayout()
        facts.setSpacing(4)
        facts.addWidget(self.together)
        facts.addWidget(self.leaks)
        outer.addLayout(facts)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.status, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.apply)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.plan_now)
        self.validation.valueChanged.connect(self._on_choice)
        self.test.valueChanged.connect(self._on_choice)
        self.seed.valueChanged.connect(self._on_choice)
        self.by.currentIndexChanged.connect(self._on_choice)
        self.keep.toggled.connect(self._on_choice)
        self._signals.changed.connect(self._on_dataset_changed)
        self.apply.clicked.connect(self._on_apply)
        self.cancel.clicked.connect(self.reject)
        self.finished.connect(self._signals.stop)

    # The plan

    @property
    def choices(self) -> SplitChoices:
        """What is chosen now; the shares may not make sense yet."""
        validation, test = self.validation.value() / 100, self.test.value() / 100
        shares = {Split.TRAIN: 1 - validation - test, Split.VALIDATION: validation}
        if test:
            shares[Split.TEST] = test
        stratify = Stratify(self.by.currentData())
        return SplitChoices(shares, self.seed.value(), stratify, self.keep.isChecked())

    @Slot()
    def plan_now(self) -> None:
        """Work the plan out in the pool."""
        self._timer.stop()
        choices = self.choices
        self._by_row.set_help(_HELP[choices.stratify])
        self._planned = None
        self.apply.setEnabled(False)
        if choices.shares[Split.TRAIN] <= 0:
            self._say("Nothing would be left to train on. Choose smaller shares.", "error")
            return
        self._say("Working out the splits…")

        def done(plan: SplitPlan) -> None:
            self._show_plan(choices, plan)

        self._workspace.ask(
            plan_splits, choices, done=done, failed=self._on_failed, title="Splits", key=f"split {id(self)}"
        )

    def _show_plan(self, choices: SplitChoices, plan: SplitPlan) -> None:
        if not isValid(self):
            return
        self._planned = choices, plan
        self.model.set_table(table_of(choices, plan))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        for column in range(self.model.columnCount()):
            header.setSectionResizeMode(column, _WIDE if column == 0 else _FITTING)
        self.together.setText(together_words(plan))
        self.leaks.setText(leak_words(plan))
        self.leaks.set_tone("warning" if plan.leaks else "success")
        self._say(moved_words(plan))
        self.apply.setEnabled(len(plan.keys) > 0 and not self._workspace.read_only)

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self._say(error.text, "error")

    def _say(self, text: str, tone: str = "secondary") -> None:
        self.status.setText(text)
        self.status.set_tone(tone)

    @Slot()
    def _on_choice(self) -> None:
        self.apply.setEnabled(False)
        self._timer.start()

    @Slot(object)
    def _on_dataset_changed(self, _changes: Changes) -> None:
        self._on_choice()

    @Slot()
    def _on_apply(self) -> None:
        if self._planned is None:
            return
        choices, plan = self._planned
        moved = moved_words(plan)
        commands = self._commands

        def done(_changes: Changes) -> None:
            commands.notice(moved.replace("Moves", "Moved"), "Undo", lambda: commands.invoke("edit.undo"))

        self._workspace.perform(
            apply_split_plan,
            choices,
            plan,
            done=done,
            failed=commands.report_error,
            title="Split the dataset",
        )
        self.accept()
