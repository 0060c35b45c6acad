"""Jobs of the account that were started elsewhere: chosen here, then followed like one's own."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.job import FineTuneJob
from finetune_studio.targets.profile import Profile
from finetune_studio.ui.tune.words import count_text
from finetune_studio.ui.widgets import Banner, Button, Label, LineHeightLabel, ProgressRow
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class AdoptDialog(QDialog):
    """Accepted once at least one job has a row; `adopted` holds their references."""

    def __init__(
        self, workspace: "Workspace", profile: Profile, base_url: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Adopt jobs")
        self.resize(640, 420)
        self._workspace = workspace
        self._profile = profile
        self._base_url = base_url
        self.adopted: list[str] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Jobs of the account")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.hide()
        self.about = LineHeightLabel("", type="secondary")
        self.banner = Banner(closable=False)
        self.banner.hide()
        self.progress = ProgressRow(f"Asking {profile.title}", cancellable=True)
        self.adopt_button = Button("Adopt", kind="primary")
        self.adopt_button.setEnabled(False)
        self.close_button = Button("Close")
        self._lay_out()
        self.list.itemSelectionChanged.connect(self._on_selection_changed)
        self.list.itemDoubleClicked.connect(self._on_adopt_clicked)
        self.adopt_button.clicked.connect(self._on_adopt_clicked)
        self.close_button.clicked.connect(self.reject)
        self.progress.cancel_requested.connect(self.reject)
        self._task: TaskHandle | None = workspace.tasks.run(
            self._look, title="Look at the jobs of the account", done=self._on_found, failed=self._on_failed
        )

    def _lay_out(self) -> None:
        column = dialog_column(self, 12)
        column.addWidget(Label(f"Jobs at {self._profile.title}", type="title"))
        column.addWidget(self.about)
        column.addWidget(self.progress)
        column.addWidget(self.banner)
        column.addWidget(self.list, 10)
        column.addStretch(1)
        buttons = button_row(None, self.close_button, self.adopt_button, spacing=8)
        column.addLayout(buttons)
        self.about.setText(
            "Started elsewhere, and not in the list here yet. An adopted job is followed like your own."
        )

    def _look(self, _context: TaskContext) -> tuple[FineTuneJob, ...]:
        from finetune_studio.workspace.submission_adopt import jobs_to_adopt

        sending = self._workspace.sending
        provider = sending.connections.provider(self._profile, self._base_url)
        address = sending.connections.journal_address(self._profile, self._base_url)
        return jobs_to_adopt(sending.journal, provider, address)

    def _on_found(self, jobs: tuple[FineTuneJob, ...]) -> None:
        self._task = None
        if not isValid(self):
            return
        self.progress.hide()
        for job in jobs:
            item = QListWidgetItem(job_text(job))
            item.setData(Qt.ItemDataRole.UserRole, job.id)
            self.list.addItem(item)
        self.list.setVisible(bool(jobs))
        if jobs:
            self.list.setCurrentRow(0)
            self.list.setFocus()
        else:
            self.about.setText("Every job of the account is in the list already, or there is none.")

    @Slot()
    def _on_selection_changed(self) -> None:
        number = len(self.list.selectedItems())
        self.adopt_button.setEnabled(number > 0 and self._task is None)
        self.adopt_button.setText("Adopt" if number <= 1 else f"Adopt {count_text(number, 'job')}")

    @Slot()
    def _on_adopt_clicked(self) -> None:
        chosen = [str(item.data(Qt.ItemDataRole.UserRole)) for item in self.list.selectedItems()]
        if not chosen or self._task is not None:
            return
        sending, profile, base_url = self._workspace.sending, self._profile, self._base_url

        def work(context: TaskContext) -> list[str]:
            from finetune_studio.workspace.submission_adopt import adopt_job

            provider = sending.connections.provider(profile, base_url)
            address = sending.connections.journal_address(profile, base_url)
            refs: list[str] = []
            for job_id in chosen:
                context.check()
                refs.append(adopt_job(sending.journal, provider, profile, address, job_id).ref)
            return refs

        self.banner.hide()
        self.progress.show()
        self._task = self._workspace.tasks.run(
            work, title="Adopt jobs", done=self._on_adopted, failed=self._on_failed
        )
        self._on_selection_changed()

    def _on_adopted(self, refs: list[str]) -> None:
        self._task = None
        if isValid(self):
            self.adopted = refs
            self.accept()

    def _on_failed(self, error: StudioError) -> None:
        self._task = None
        if isValid(self) and not isinstance(error, CancelledError):
            self.progress.hide()
            self.banner.show_message(f"{error.text} {error.advice}".strip(), "error")
            self._on_selection_changed()

    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()


def job_text(job: FineTuneJob) -> str:
    """One line: its suffix or id, model, status and day."""
    at = job.created_at.astimezone() if job.created_at is not None else None
    parts = [job.suffix or job.id, job.model, job.status.replace("_", " ")]
    if at is not None:
        parts.append(f"{at.day} {at:%B %Y}")
    return " · ".join(part for part in parts if part)
