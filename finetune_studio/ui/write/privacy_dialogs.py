"""Giving the dataset away without its past, and taking a text out of it for good."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Banner, Button, FormRow, Label, LineHeightLabel, StudioLineEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.purging import SHORTEST, PurgeOutcome, count_places, purge_text

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_COUNT_AFTER = 300
_IN = "The copy holds the examples as they are now, with their states, splits, tags and notes."
_OUT = (
    "It does not hold the history, earlier texts and versions, removed examples, what was sent to services, "
    "evaluation runs, the names of those who set findings aside, and the paths of imported files."
)
_CARE = (
    "What stands in the texts, tags and notes is in the copy: look at Check for keys and private data first."
)
_PURGE = (
    "Masking a key in the editor leaves it in the history. This replaces it in every example, earlier text, "
    "version, note, tag and kept line, and overwrites what was freed. It cannot be undone."
)
_ELSEWHERE = (
    "Files that you exported, copies of the dataset, and what was uploaded to a service still hold it: "
    "uploaded files are deleted on Fine-tune. "
    "A key that leaked should be revoked as well."
)


class ShareDialog(QDialog):
    """Says what a copy for sharing holds; accepted: choose where to write it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Copy for sharing")
        self.resize(520, 300)
        self.choose = Button("Choose where…", kind="primary")
        cancel = Button("Cancel")
        outer = dialog_column(self, 12)
        outer.addWidget(Label("A copy without its past", type="title"))
        for text in (_IN, _OUT, _CARE):
            outer.addWidget(LineHeightLabel(text))
        outer.addStretch(1)
        outer.addLayout(button_row(None, cancel, self.choose))
        self.choose.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.choose.setDefault(True)


class PurgeDialog(QDialog):
    """Counts while one types; the red button does it at once."""

    def __init__(
        self, workspace: "Workspace", commands: CommandRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Purge from history")
        self.resize(560, 430)
        self._workspace = workspace
        self._commands = commands
        self._busy = False
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.text = StudioLineEdit("", "The exact text, upper and lower case as it stands")
        self.text.setAccessibleName("Text to remove")
        self.replacement = StudioLineEdit("[removed]")
        self.replacement.setAccessibleName("Put in its place")
        self.backups = QCheckBox("Delete the automatic backups of this dataset, which hold it too")
        self.backups.setChecked(True)
        self.frozen = QCheckBox("Delete the frozen files of finished jobs that hold it, as they were sent")
        self.count = Label(type="secondary")
        self.purge_button = Button("Remove it for good", kind="danger")
        self.close_button = Button("Cancel")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COUNT_AFTER)
        self._timer.timeout.connect(self.count_now)
        self.text.textChanged.connect(self._on_text_changed)
        self.purge_button.clicked.connect(self.purge)
        self.close_button.clicked.connect(self.reject)
        for button in (self.purge_button, self.close_button):
            button.setAutoDefault(False)
        self._show_count(0, 0)

    def _lay_out(self) -> None:
        outer = dialog_column(self, 12)
        outer.addWidget(self.banner)
        outer.addWidget(LineHeightLabel(_PURGE))
        outer.addWidget(FormRow("Text to remove", self.text))
        outer.addWidget(FormRow("Put in its place", self.replacement))
        outer.addWidget(self.backups)
        outer.addWidget(self.frozen)
        outer.addWidget(LineHeightLabel(_ELSEWHERE, type="secondary"))
        outer.addStretch(1)
        outer.addWidget(self.count)
        outer.addLayout(button_row(None, self.close_button, self.purge_button))

    @Slot()
    def count_now(self) -> None:
        """Ask how often the text is there."""
        self._timer.stop()
        text = self.text.text()
        if len(text) < SHORTEST:
            self._show_count(0, 0)
            return
        self._workspace.ask(
            count_places,
            text,
            done=self._on_counted,
            failed=self._on_failed,
            title="Counting",
            key=f"purge {id(self)}",
        )

    def _on_counted(self, found: tuple[int, int]) -> None:
        if isValid(self):
            self._show_count(*found)

    def _show_count(self, now: int, earlier: int) -> None:
        length = len(self.text.text())
        if length < SHORTEST:
            self.count.setText(f"Give at least {SHORTEST} characters." if length else "")
        else:
            self.count.setText(f"In {counted(now, 'example')} and {counted(earlier, 'earlier text')}.")
        self.purge_button.setEnabled(length >= SHORTEST and not self._busy)

    @Slot()
    def purge(self) -> None:
        """Replace the text everywhere; not undoable."""
        text = self.text.text()
        if len(text) < SHORTEST or self._busy:
            return
        self._busy = True
        self._show_count(0, 0)
        self.count.setText("Removing…")
        self._workspace.perform(
            purge_text,
            text,
            self.replacement.text(),
            self.backups.isChecked(),
            self.frozen.isChecked(),
            done=self._on_purged,
            failed=self._on_failed,
            title="Purging",
            visible=True,
        )

    def _on_purged(self, outcome: PurgeOutcome) -> None:
        if not isValid(self):
            return
        self._busy = False
        report = outcome.report
        parts = [
            counted(report.examples, "example"),
            counted(report.earlier, "earlier text"),
            counted(report.others, "other place"),
        ]
        text = f"Removed from {parts[0]}, {parts[1]} and {parts[2]}."
        if outcome.backups:
            text += f" {counted(outcome.backups, 'backup')} deleted."
        if outcome.frozen:
            text += f" {counted(outcome.frozen, 'frozen file')} deleted."
        if outcome.frozen_left:
            left, folder = len(outcome.frozen_left), outcome.frozen_left[0].parent
            verb = "holds" if left == 1 else "hold"
            text += f" {counted(left, 'frozen file')} of jobs still {verb} it, in {folder}."
        if not report.complete:
            text += " A trace stays on disk until the dataset is closed."
        self.banner.show_message(text, "warning" if outcome.frozen_left else "success")
        self.text.clear()
        self.count.setText("")
        self.close_button.setText("Close")

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self._busy = False
            self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")
            self.count_now()

    @Slot()
    def _on_text_changed(self) -> None:
        self.purge_button.setEnabled(False)
        self._timer.start()
