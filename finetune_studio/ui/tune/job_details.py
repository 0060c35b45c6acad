"""Parts of the job's card: checkpoints, what was sent."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.job import Checkpoint
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.words import chosen_words, count_text, size_text
from finetune_studio.ui.widgets import Button, ElidedLabel, IconButton, Label, LineHeightLabel, SectionLabel
from finetune_studio.workspace.submission_cost import billed_text
from finetune_studio.workspace.submission_records import FrozenFile, Submission

SHOWN_CHECKPOINTS = 6


class CheckpointList(QWidget):
    """`try_requested(model)`: ask the model of a checkpoint; `further_requested(model)`: train on from it."""

    try_requested = Signal(object)
    further_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Checkpoint, ...] = ()
        self._can_go_further = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(SectionLabel("Checkpoints", parent=self))
        self._empty = LineHeightLabel("None yet.", type="secondary", parent=self)
        self._column.addWidget(self._empty)
        self._rows: list[QWidget] = []

    def set_checkpoints(
        self, checkpoints: Sequence[Checkpoint], *, empty_text: str, can_go_further: bool = False
    ) -> None:
        """The newest last, at most a handful."""
        self._empty.setText(empty_text)
        self._empty.setVisible(not checkpoints)
        if tuple(checkpoints) == self._shown and can_go_further == self._can_go_further:
            return
        self._shown, self._can_go_further = tuple(checkpoints), can_go_further
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(item) for item in self._shown[-SHOWN_CHECKPOINTS:]]
        for row in self._rows:
            self._column.addWidget(row)

    def _row(self, checkpoint: Checkpoint) -> QWidget:
        holder = QWidget(self)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        text = checkpoint_text(checkpoint)
        row.addWidget(Label(text, type="secondary", parent=holder))
        button = Button("Try it", kind="link", parent=holder)
        button.setAccessibleName(f"Try the checkpoint at {text}")
        button.setProperty("model", checkpoint.model)
        button.clicked.connect(self._on_try_clicked)
        if not checkpoint.model:
            button.hide()
        row.addWidget(button)
        if checkpoint.model and self._can_go_further:
            further = Button("Train further", kind="link", parent=holder)
            further.setAccessibleName(f"Train further from the checkpoint at {text}")
            further.setProperty("model", checkpoint.model)
            further.clicked.connect(self._on_further_clicked)
            row.addWidget(further)
        row.addStretch(1)
        return holder

    @Slot()
    def _on_further_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.further_requested.emit(str(button.property("model")))

    @Slot()
    def _on_try_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.try_requested.emit(str(button.property("model")))


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """step 108   loss 1.02   accuracy 0.71; of the validation where it is known."""
    metrics = checkpoint.metrics
    losses = (metrics.full_valid_loss, metrics.valid_loss, metrics.train_loss)
    accuracies = (metrics.full_valid_accuracy, metrics.valid_accuracy, metrics.train_accuracy)
    loss, accuracy = (next((v for v in values if v is not None), None) for values in (losses, accuracies))
    parts = [f"step {checkpoint.step:,}"]
    if loss is not None:
        parts.append(f"loss {loss:.2f}")
    if accuracy is not None:
        parts.append(f"accuracy {accuracy:.2f}")
    return "   ".join(parts)


class SentPart(QWidget):
    """What was sent: the frozen files with their hashes, the settings, and what it was billed."""

    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ref = ""
        self._hash = ""
        self._folder = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.heading = SectionLabel("What was sent", parent=self)
        column.addWidget(self.heading)
        top = QHBoxLayout()
        top.setSpacing(4)
        self.training = ElidedLabel("", type="secondary", parent=self)
        self.look_button = IconButton("eye", "See what was sent, line by line", parent=self)
        self.copy_button = IconButton("copy", "Copy the SHA-256 of the training file", parent=self)
        self.folder_button = IconButton("folder-open", "Open the folder of the frozen files", parent=self)
        top.addWidget(self.training, 1)
        top.addWidget(self.look_button)
        top.addWidget(self.copy_button)
        top.addWidget(self.folder_button)
        column.addLayout(top)
        self.validation = ElidedLabel("", type="secondary", parent=self)
        text = "The frozen files were deleted on this computer."
        self.gone = LineHeightLabel(text, type="small", parent=self)
        self.settings = LineHeightLabel("", type="secondary", parent=self)
        self.override = LineHeightLabel("", type="small", tone="warning", parent=self)
        self.billed = LineHeightLabel("", type="secondary", parent=self)
        for part in (self.validation, self.gone, self.settings, self.billed, self.override):
            column.addWidget(part)
        self.look_button.clicked.connect(self.look_requested)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.folder_button.clicked.connect(self._on_folder_clicked)

    def show_row(
        self, row: Submission, profile: Profile | None, folder: str, progress: float | None = None
    ) -> None:
        """`folder` is where the frozen files are."""
        self._hash, self._folder = row.training.sha256, folder
        self.heading.set_text("What was sent" if row.job is not None else "What is sent")
        self.folder_button.setToolTip(f"Open {folder}")
        self.training.setText(_file_text("Training", row.training))
        self.validation.setVisible(row.validation is not None)
        if row.validation is not None:
            self.validation.setText(_file_text("Validation", row.validation))
        is_kept = row.training.is_kept and not row.is_record
        is_here = is_kept and Path(folder, f"{row.training.sha256}.jsonl").is_file()
        for button in (self.look_button, self.folder_button):
            button.setVisible(is_here)
        self.copy_button.setVisible(row.training.is_kept)
        self.gone.setVisible(is_kept and not is_here)
        self.settings.setText(settings_text(row, profile))
        billed = billed_text(row, profile, progress)
        self.billed.setText(billed)
        self.billed.setVisible(bool(billed))
        plan = row.plan
        self.override.setVisible(bool(plan.override_reason))
        self.override.setText(
            f"Sent in spite of {count_text(plan.findings[0], 'error')}: {plan.override_reason}"
        )

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._hash)

    @Slot()
    def _on_folder_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))


def _file_text(word: str, frozen: FrozenFile) -> str:
    if not frozen.is_kept:
        return f"{word}: not kept here; the job was started elsewhere"
    parts = [
        count_text(frozen.examples, "example") if frozen.examples else "",
        size_text(frozen.size) if frozen.size else "",
        f"sha256 {frozen.sha256[:12]}" if frozen.sha256 else "",
    ]
    told = " · ".join(part for part in parts if part)
    return f"{word}: {told}" if told else f"{word}: a file that was uploaded elsewhere"


def _in_a_row(title: str) -> str:
    """A title within a line: "Epochs" becomes "epochs", "LoRA rank" stays."""
    first = title.split(" ")[0]
    return first.lower() + title[len(first) :] if first == first.capitalize() else title


def settings_text(row: Submission, profile: Profile | None) -> str:
    """Model, method and every number that was chosen or that the service chose."""
    words = [row.plan.title, row.plan.model]
    if row.plan.method != "supervised":
        words.append(row.plan.method)
    words += [f"{_in_a_row(title)} {value}" for title, value in chosen_words(row, profile)]
    seed = row.job.seed if row.job is not None and row.job.seed is not None else row.plan.seed
    if seed is not None:
        words.append(f"seed {seed}")
    return " · ".join(words)
