"""Two jobs side by side: what they were trained on, how, what came of it, and their curves in one chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.job import Metrics
from finetune_studio.ui.tune.curves import ACCURACY, LOSS, series_of
from finetune_studio.ui.tune.words import badge_of, chosen_words, count_text, duration_text, name_of
from finetune_studio.ui.widgets import Button, ComboBox, Label, LineHeightLabel, Segmented
from finetune_studio.ui.widgets.charts import LineChart, Series, TableModel, plain_table
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.workspace.job_watch import JobUpdate
from finetune_studio.workspace.provenance import DataDifference, compare_data
from finetune_studio.workspace.submission_cost import billed_text
from finetune_studio.workspace.submission_kept import last_known
from finetune_studio.workspace.submission_records import Submission

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_TONES = (("accent", "success"), ("warning", "error"))
"""Training and validation, of the first job and of the second."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a task reads of two jobs."""

    updates: tuple[JobUpdate | None, JobUpdate | None]
    data: DataDifference


class CompareDialog(QDialog):
    """The first job is given; the other is chosen here."""

    def __init__(
        self,
        workspace: "Workspace",
        first: Submission,
        others: Sequence[Submission],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare two jobs")
        self.resize(860, 760)
        self._workspace = workspace
        self._first = first
        self._others = {row.ref: row for row in others}
        self._compared: Compared | None = None
        self.other = ComboBox("The other job")
        for row in others:
            self.other.addItem(_title(row), row.ref)
        self.data = LineHeightLabel("", type="secondary")
        self.facts = TableModel(parent=self)
        self.table = plain_table("Settings and results", self.facts)
        self.which = Segmented(((LOSS, "Loss"), (ACCURACY, "Accuracy")), "What the curves show")
        self.chart = LineChart("Both jobs over their steps")
        self.chart.setMinimumHeight(200)
        self.close_button = Button("Close")
        self._lay_out()
        self.other.currentIndexChanged.connect(self._on_other_chosen)
        self.which.chosen.connect(self._on_which_chosen)
        self.close_button.clicked.connect(self.reject)
        self._read()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Label(f"{name_of(self._first)}", type="title"))
        head.addWidget(Label("compared with", type="secondary"))
        head.addWidget(self.other, 1)
        outer = dialog_column(self, 12)
        outer.addLayout(head)
        outer.addWidget(self.data)
        outer.addWidget(self.table, 4)
        row = QHBoxLayout()
        row.addWidget(self.which)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addWidget(self.chart, 3)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        outer.addLayout(foot)

    @property
    def second(self) -> Submission:
        return self._others[str(self.other.currentData())]

    def _read(self) -> None:
        first, second = self._first, self.second
        self.data.setText("Comparing…")
        self._workspace.ask(
            _compare,
            first,
            second,
            done=partial(self._on_read, second.ref),
            failed=self._on_failed,
            title="Comparing",
            key=f"compare jobs {id(self)}",
        )

    def _on_read(self, ref: str, compared: Compared) -> None:
        if not isValid(self) or ref != self.second.ref:
            return
        self._compared = compared
        self.data.setText(_data_text(self._first, self.second, compared.data))
        self.facts.set_table(_facts(self._workspace, (self._first, self.second), compared))
        self.table.resizeColumnsToContents()
        has_accuracy = any(
            series_of(update.metrics, ACCURACY) for update in compared.updates if update is not None
        )
        self.which.setVisible(has_accuracy)
        self._draw()

    def _draw(self) -> None:
        if self._compared is None:
            return
        lines: list[Series] = []
        rows = (self._first, self.second)
        for row, update, tones in zip(rows, self._compared.updates, _TONES, strict=True):
            if update is not None:
                name = name_of(row) if name_of(rows[0]) != name_of(rows[1]) else _title(row)
                lines += series_of(update.metrics, self.which.current(), f"{name}, ", tones)
        self.chart.set_series(lines)
        self.chart.set_axes("Step")
        self.chart.setVisible(bool(lines))

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.data.setText(f"{error.text} {error.advice}".strip())

    @Slot()
    def _on_other_chosen(self) -> None:
        self._read()

    @Slot(str)
    def _on_which_chosen(self, _key: str) -> None:
        self._draw()


def _compare(workspace: "Workspace", first: Submission, second: Submission) -> Compared:
    updates = (last_known(workspace, first), last_known(workspace, second))
    return Compared(updates, compare_data(workspace, first, second))


def _title(row: Submission) -> str:
    at = row.created_at.astimezone() if row.created_at is not None else None
    return f"{name_of(row)}, {at.day} {at:%B %H:%M}" if at is not None else name_of(row)


def _data_text(first: Submission, second: Submission, data: DataDifference) -> str:
    if first.training.sha256 == second.training.sha256:
        return "Both were trained on the very same file."
    parts = [f"{count_text(data.both, 'example')} in both"]
    if data.edited:
        parts.append(f"{data.edited:,} of them edited between")
    if data.only_first:
        parts.append(f"{data.only_first:,} only in {name_of(first)}")
    if data.only_second:
        parts.append(f"{data.only_second:,} only in {_title(second)}")
    return ", ".join(parts) + "."


def _facts(
    workspace: "Workspace", rows: tuple[Submission, Submission], compared: Compared
) -> tuple[list[str], list[list[str]]]:
    columns = [_column(workspace, row, update) for row, update in zip(rows, compared.updates, strict=True)]
    names = list(dict.fromkeys(name for column in columns for name in column))
    headers = ["", _title(rows[0]), _title(rows[1])]
    table = [[name, *(column.get(name, "") for column in columns)] for name in names]
    return headers, [line for line in table if any(line[1:])]


def _column(workspace: "Workspace", row: Submission, update: JobUpdate | None) -> dict[str, str]:
    profile = workspace.sending.profiles.get(row.plan.profile_id)
    method = profile.method(row.plan.method) if profile is not None else None
    job = row.job
    points = update.metrics if update is not None else ()
    found = {
        "Service": row.plan.title,
        "Base model": row.plan.model,
        "Method": method.title if method is not None else row.plan.method,
        "State": badge_of(row, update, None)[0],
        "Training examples": f"{row.training.examples:,}",
        "Validation examples": f"{row.validation.examples:,}" if row.validation else "none",
    }
    found.update(chosen_words(row, profile))
    seed = job.seed if job is not None and job.seed is not None else row.plan.seed
    found["Seed"] = "" if seed is None else f"{seed}"
    for title, field in (
        ("Last training loss", "train_loss"),
        ("Last validation loss", "valid_loss"),
        ("Last training accuracy", "train_accuracy"),
        ("Last validation accuracy", "valid_accuracy"),
        ("Last loss of the whole validation file", "full_valid_loss"),
        ("Last accuracy of the whole validation file", "full_valid_accuracy"),
    ):
        found[title] = _last(points, field)
    if job is not None and job.created_at is not None and job.finished_at is not None:
        found["Duration"] = duration_text((job.finished_at - job.created_at).total_seconds())
    found["Tokens"] = billed_text(row, profile)
    return found


def _last(points: Sequence[Metrics], field: str) -> str:
    values = [getattr(point, field) for point in points if getattr(point, field) is not None]
    return f"{values[-1]:.4g}" if values else ""
