"""The chosen job: how far it is, its curves, checkpoints, events, and what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.job import JobState
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.curves import Curves
from finetune_studio.ui.tune.event_list import EventList
from finetune_studio.ui.tune.job_details import CheckpointList, SentPart
from finetune_studio.ui.tune.words import Sent, badge_of, name_of, record_text, step_text
from finetune_studio.ui.widgets import (
    Badge,
    Banner,
    Button,
    Card,
    ElidedLabel,
    FlowLayout,
    IconButton,
    Label,
    set_style_property,
)
from finetune_studio.workspace.job_watch import JobUpdate
from finetune_studio.workspace.submission_errors import trouble_of
from finetune_studio.workspace.submission_records import Submission, SubmissionState

SHOWN_EXAMPLES = 6
_BUTTONS = (
    ("key", "Change the key…", "", "key-round"),
    ("continue", "Continue", "", "play"),
    ("delete_files", "Delete the uploaded file…", "", "trash-2"),
    ("pause", "Pause", "", "pause"),
    ("resume", "Resume", "", "play"),
    ("cancel", "Cancel", "", "stop"),
    ("try", "Try it", "primary", ""),
)


@dataclass(frozen=True, slots=True)
class NamedExample:
    """An example that an error names: its id, its number in the window, its line in the sent file."""

    example_id: int
    number: int
    line: int


@dataclass(frozen=True, slots=True)
class JobView:
    """All that the card shows of a job; `sent` while this window sends it, `trouble` where watching ended."""

    row: Submission
    profile: Profile | None
    update: JobUpdate | None = None
    sent: Sent | None = None
    trouble: StudioError | None = None
    folder: str = ""


class JobCard(Card):
    """`action_requested(name)`: key, continue, delete_files, pause, resume, cancel, try."""

    action_requested = Signal(str)
    try_requested = Signal(object)
    example_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=10, margin=16, parent=parent)
        self.view: JobView | None = None
        self.title = ElidedLabel("", type="strong", parent=self)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.steps = Label("", type="secondary", parent=self)
        self.badge = Badge("", "neutral", parent=self)
        self.buttons: dict[str, Button] = {}
        self.more = IconButton("ellipsis", "More about this job", parent=self)
        self.more.setPopupMode(IconButton.ToolButtonPopupMode.InstantPopup)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the job")
        self.error = Banner(closable=False, parent=self)
        self.offline = Banner(closable=False, parent=self)
        self.examples = QWidget(self)
        self._example_flow = FlowLayout(self.examples)
        self._example_buttons: list[Button] = []
        self.curves = Curves(self)
        self.checkpoints = CheckpointList(self)
        self.events = EventList(self)
        self.sent_part = SentPart(self)
        self._lay_out()
        self.checkpoints.try_requested.connect(self.try_requested)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.badge)
        head.addWidget(self.steps)
        head.addStretch(1)
        for name, text, kind, icon_name in _BUTTONS:
            button = Button(text, kind=kind, icon_name=icon_name, parent=self)
            button.setProperty("action", name)
            button.clicked.connect(self._on_button_clicked)
            button.hide()
            self.buttons[name] = button
            head.addWidget(button)
        self.buttons["cancel"].set_icon("stop", "error")
        head.addWidget(self.more)
        self.body.addLayout(head)
        for part in (self.bar, self.error, self.examples, self.offline):
            self.body.addWidget(part)
        self.examples.hide()
        self.body.addWidget(self.curves, 1)
        lower = QHBoxLayout()
        lower.setSpacing(24)
        left = QVBoxLayout()
        left.setSpacing(14)
        left.addWidget(self.checkpoints)
        left.addWidget(self.sent_part)
        left.addStretch(1)
        lower.addLayout(left, 1)
        lower.addWidget(self.events, 1)
        self.body.addLayout(lower)

    def show_job(self, view: JobView) -> None:
        """Show a job as it is now."""
        is_other = self.view is None or self.view.row.ref != view.row.ref
        self.view = view
        row, update = view.row, view.update
        if is_other:
            self.set_named_examples(())
        self.title.setText(name_of(row))
        text, tone = badge_of(row, update, view.sent)
        self.badge.set_text(text)
        self.badge.set_tone(tone)
        self.steps.setText(step_text(row, update, view.sent))
        says_enough = row.job is not None and row.job.state in (JobState.RUNNING, JobState.SUCCEEDED)
        self.badge.setVisible(not (says_enough and self.steps.text()))
        self._show_progress(view)
        self._show_buttons(view)
        self._show_trouble(view)
        points = update.metrics if update is not None else ()
        self.curves.setVisible(bool(points) or (row.job is not None and not row.job.state.is_final))
        self.curves.set_points(points, update.total_steps if update is not None else None)
        is_over = row.job is not None and row.job.state.is_final
        has_checkpoints = view.profile is None or view.profile.job.checkpoints
        self.checkpoints.setVisible(row.job is not None and has_checkpoints)
        self.checkpoints.set_checkpoints(
            update.checkpoints if update is not None else (),
            empty_text="None." if is_over else "None yet.",
            can_go_further=view.profile is not None and view.profile.job.from_tuned and is_over,
        )
        self.events.setVisible(row.job is not None)
        self.events.set_events(update.events if update is not None else ())
        progress = update.progress if update is not None else None
        self.sent_part.show_row(row, view.profile, view.folder, progress)

    def set_named_examples(self, named: Sequence[NamedExample]) -> None:
        """Buttons that open the examples that the error speaks of."""
        for button in self._example_buttons:
            self._example_flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._example_buttons = []
        for item in named[:SHOWN_EXAMPLES]:
            button = Button(f"Open example {item.number:,}", icon_name="arrow-right", parent=self.examples)
            button.setToolTip(f"Line {item.line:,} of the file that was sent")
            button.setProperty("example", item.example_id)
            button.clicked.connect(self._on_example_clicked)
            self._example_buttons.append(button)
            self._example_flow.addWidget(button)
        self.examples.setVisible(bool(named))

    def _show_progress(self, view: JobView) -> None:
        row, update = view.row, view.update
        fraction: float | None = None
        if row.job is None:
            fraction = view.sent.fraction if view.sent is not None else None
            self.bar.setVisible(view.sent is not None)
        else:
            fraction = update.progress if update is not None else None
            if row.job.state is JobState.SUCCEEDED:
                fraction = 1.0
            self.bar.setVisible(not row.job.state.is_final or fraction is not None)
        self.bar.setRange(0, 1000 if fraction is not None or row.job is not None else 0)
        self.bar.setValue(round(1000 * (fraction or 0.0)))
        state = row.job.state if row.job is not None else None
        tone = {JobState.SUCCEEDED: "success", JobState.FAILED: "error"}.get(state or JobState.QUEUED, "")
        if self.bar.property("tone") != tone:
            set_style_property(self.bar, "tone", tone)

    def _show_buttons(self, view: JobView) -> None:
        row, job = view.row, view.row.job
        facts = view.profile.job if view.profile is not None else None
        is_open = job is not None and not job.state.is_final
        can_pause = facts is not None and facts.pause and job is not None and job.state is JobState.RUNNING
        can_resume = facts is not None and facts.resume and job is not None and job.state is JobState.PAUSED
        refused = row.state is SubmissionState.REFUSED
        wrong_key = row.error_code in ("invalid_api_key", "no_key") and job is None
        shown = {
            "key": wrong_key and view.sent is None,
            "continue": view.sent is None and job is None and row.state.can_continue,
            "delete_files": refused and bool(row.training_file_id) and view.sent is None,
            "pause": can_pause and job is not None and job.status != "pausing",
            "resume": can_resume,
            "cancel": view.sent is not None or (is_open and (facts is None or facts.cancel)),
            "try": job is not None and bool(job.fine_tuned_model) and job.state is JobState.SUCCEEDED,
        }
        for name, button in self.buttons.items():
            button.setVisible(shown[name] and not row.is_record)
        looks = row.state is SubmissionState.UNKNOWN
        self.buttons["continue"].setText("Look again" if looks else "Continue")

    def _show_trouble(self, view: JobView) -> None:
        row = view.row
        trouble = trouble_of(row)
        grave = row.state in (SubmissionState.REFUSED, SubmissionState.DONE)
        if trouble is not None and view.sent is None:
            self.error.show_message(trouble.sentence, "error" if grave else "warning")
        else:
            self.error.hide()
        offline = view.update.offline if view.update is not None else ""
        if row.is_record:
            self.offline.show_message(record_text(row), "info")
        elif view.trouble is not None:
            advice = f" {view.trouble.advice}" if view.trouble.advice else ""
            text = f"{view.trouble.text}{advice} The job is no longer watched; it goes on at the service."
            self.offline.show_message(text, "warning")
        elif offline and row.job is not None and not row.job.state.is_final:
            self.offline.show_message(f"{offline} It is asked again; the job goes on.", "warning")
        elif row.job is not None and row.job.state is JobState.UNKNOWN and row.job.status:
            text = f"{row.plan.title} says “{row.job.status}”, a word that is not known here."
            self.offline.show_message(f"{text} The job is followed like one that is open.", "info")
        else:
            self.offline.hide()

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.action_requested.emit(str(button.property("action")))

    @Slot()
    def _on_example_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.example_requested.emit(int(button.property("example")))
