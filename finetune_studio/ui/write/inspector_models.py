"""The fine-tuning jobs that the open example went into."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.example import Example
from finetune_studio.ui.widgets import Button, Label, SectionLabel
from finetune_studio.workspace.provenance import TrainedIn, jobs_of_example
from finetune_studio.workspace.sent_examples import VALIDATION

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SHOWN = 5
_AFTER = 200
"""Milliseconds of rest on an example before the jobs are looked through."""


class ModelsSection(QWidget):
    """Hidden where there is none; `job_requested(ref)` opens one on page Fine-tune."""

    job_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(SectionLabel("Trained in"))
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        column.addLayout(self._column)
        self.rows: list[QWidget] = []
        self.buttons: list[Button] = []
        self._more = Label("", type="small")
        column.addWidget(self._more)
        self.hide()

    def show_jobs(self, found: Sequence[TrainedIn]) -> None:
        """The newest first, at most a handful."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows, self.buttons = [], []
        for item in found[:_SHOWN]:
            self._add(item)
        self._more.setVisible(len(found) > _SHOWN)
        self._more.setText(f"and {len(found) - _SHOWN:,} more")
        self.setVisible(bool(found))

    def _add(self, item: TrainedIn) -> None:
        row = item.submission
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        name = row.plan.suffix or row.plan.model
        button = Button(name, kind="link")
        status = row.job.status.replace("_", " ") if row.job else ""
        model = row.job.fine_tuned_model if row.job and row.job.fine_tuned_model else row.plan.model
        button.setToolTip(
            f"{row.plan.title}, {model}, {status}, line {item.line:,} of the file that was sent"
        )
        button.setProperty("ref", row.ref)
        button.clicked.connect(self._on_button_clicked)
        state = "as it is now" if item.is_same else "edited since"
        if item.part == VALIDATION:
            state = f"validation, {state}"
        button.setAccessibleDescription(state)
        line.addWidget(button)
        line.addWidget(Label(state, type="secondary"))
        line.addStretch(1)
        self._column.addWidget(holder)
        self.rows.append(holder)
        self.buttons.append(button)

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.job_requested.emit(str(button.property("ref")))


class ModelsController(QObject):
    """Looks for the jobs of an example once a person rests on it."""

    def __init__(self, workspace: "Workspace", section: ModelsSection, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._section = section
        self._example_id: int | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER)
        self._timer.timeout.connect(self._on_timer_timeout)

    def show_example(self, example: Example | None) -> None:
        """Look again, also when the same example changed."""
        number = None if example is None else example.id
        if number != self._example_id:
            self._section.show_jobs(())
        self._example_id = number
        if number is not None:
            self._timer.start()

    def close(self) -> None:
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if self._example_id is not None:
            self._workspace.ask(
                jobs_of_example,
                self._example_id,
                done=partial(self._on_found, self._example_id),
                key=f"jobs of example {id(self)}",
            )

    def _on_found(self, example_id: int, found: list[TrainedIn]) -> None:
        if example_id == self._example_id:
            self._section.show_jobs(found)
