"""The right side: the list of jobs, and the card of the chosen one."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QMessageBox, QVBoxLayout, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.ui.tune.job_book import JobBook
from finetune_studio.ui.tune.job_card import SHOWN_EXAMPLES, JobCard, JobView, NamedExample
from finetune_studio.ui.tune.jobs_list import JobsList
from finetune_studio.ui.tune.words import Sent
from finetune_studio.ui.widgets import Button, Card, EmptyState, Label, ProgressRow, ScrollColumn
from finetune_studio.ui.widgets.questions import QuestionBox
from finetune_studio.workspace.submission_errors import trouble_of
from finetune_studio.workspace.submission_kept import example_sent
from finetune_studio.workspace.submission_records import Submission
from finetune_studio.workspace.task import TaskContext

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class JobsSide(QWidget):
    """`state_changed` when another job is shown or the shown one has news.

    `look_sent_requested` and `further_requested(model)` come from the card, whose menu is `menu`.
    """

    open_example_requested = Signal(object)
    ask_model_requested = Signal(object)
    state_changed = Signal()
    key_requested = Signal(object)
    delete_files_requested = Signal()
    look_sent_requested = Signal()
    further_requested = Signal(object)

    def __init__(self, workspace: "Workspace", book: JobBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._book = book
        self._asked_for: tuple[str, str] = ("", "")
        self.column = ScrollColumn(spacing=14, parent=self)
        ground = self.column.widget()
        self.preparing: ProgressRow | None = None
        self.adopt = Button("Adopt jobs…", kind="link", parent=ground)
        self.list_card = Card(spacing=0, margin=6, parent=ground)
        self.list = JobsList(book, self.list_card)
        self.list_card.body.setContentsMargins(1, 5, 1, 5)
        self.list_card.body.addWidget(self.list)
        self.menu = QMenu(self)
        self._card: JobCard | None = None
        self.empty: EmptyState | None = None
        self.column.set_reachable("The chosen job")
        self._lay_out()
        book.rows_changed.connect(self._on_rows_changed)
        book.row_changed.connect(self._on_row_changed)
        book.sending_changed.connect(self._show_job)
        self.list.chosen.connect(self._on_chosen)
        self._on_rows_changed()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.column)
        body = self.column.body
        body.setContentsMargins(28, 16, 28, 16)
        inner = self.column.widget()
        whole = inner.layout() if inner is not None else None
        if isinstance(whole, QVBoxLayout):
            whole.setStretchFactor(body, 1)  # the card takes the whole height
            whole.setStretch(whole.count() - 1, 0)
        head = QHBoxLayout()
        head.addWidget(Label("Jobs", type="title", parent=inner))
        head.addStretch(1)
        head.addWidget(self.adopt)
        body.addLayout(head)
        body.addWidget(self.list_card)
        body.addStretch(0)

    def _add(self, part: QWidget) -> None:
        """Below the list, with all the room there is."""
        body = self.column.body
        body.insertWidget(body.count() - 1, part, 1)

    @property
    def card(self) -> JobCard:
        """Made when a job is first shown: a first look at the page has none."""
        if self._card is None:
            card = self._card = JobCard(self.column.widget())
            card.more.setMenu(self.menu)
            card.action_requested.connect(self._on_action_requested)
            card.try_requested.connect(self.ask_model_requested)
            card.example_requested.connect(self._on_example_requested)
            card.sent_part.look_requested.connect(self.look_sent_requested)
            card.checkpoints.further_requested.connect(self.further_requested)
            card.hide()
            self._add(card)
        return self._card

    @property
    def row(self) -> Submission | None:
        """The shown job."""
        return self._book.row(self.list.current_ref) if self.list.current_ref else None

    @property
    def can_cancel(self) -> bool:
        """Whether the shown job can be cancelled now."""
        card = self._card
        return card is not None and card.isVisibleTo(self) and not card.buttons["cancel"].isHidden()

    def choose(self, ref: str) -> None:
        """Show a job."""
        self.list.choose(ref)

    def cancel(self) -> None:
        """Cancel the shown job, or its sending; asks first where it may cost money."""
        row = self.row
        if row is None:
            return
        if self._book.sent(row.ref) is not None:
            self._book.stop_sending(row.ref)
            return
        profile = self._book.profile_of(row)
        if profile is not None and profile.is_free:
            self._book.steer(row.ref, "cancel")
            return
        box = QuestionBox(self)
        box.setWindowTitle("Cancel the job")
        box.setText(f"Cancel the job at {row.plan.title}? What was trained so far may be billed.")
        yes = box.addButton("Cancel the job", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        box.exec()
        if box.clickedButton() is yes:
            self._book.steer(row.ref, "cancel")

    def show_preparing(self, sent: Sent | None) -> None:
        """Progress of what is being frozen and checked, before there is a job to show."""
        if sent is None:
            if self.preparing is not None:
                self.preparing.hide()
            return
        if self.preparing is None:
            self.preparing = ProgressRow("Preparing", cancellable=True, parent=self.column.widget())
            self.preparing.cancel_requested.connect(self._on_preparing_cancelled)
            self.column.body.insertWidget(1, self.preparing)
        self.preparing.show()
        self.preparing.set_progress(sent.done, sent.total or 0, sent.text)

    @Slot()
    def _on_rows_changed(self) -> None:
        has_jobs = bool(self._book.rows)
        self.list_card.setVisible(has_jobs)
        if self._book.is_read and not has_jobs and self.empty is None:
            self.empty = EmptyState(
                "sliders-horizontal",
                "No jobs yet",
                "Choose where and what on the left, then start.",
                parent=self.column.widget(),
            )
            self._add(self.empty)
        if self.empty is not None:
            self.empty.setVisible(not has_jobs)
        self._show_job()

    @Slot(str)
    def _on_row_changed(self, ref: str) -> None:
        if ref == self.list.current_ref:
            self._show_job()

    @Slot(str)
    def _on_chosen(self, ref: str) -> None:
        row = self._book.row(ref)
        if row is not None and row.job is not None:
            self._book.look_closer(ref)
        self._show_job()

    @Slot()
    def _show_job(self) -> None:
        row = self.row
        if row is None:
            if self._card is not None:
                self._card.hide()
        else:
            view = JobView(
                row,
                self._book.profile_of(row),
                self._book.updates.get(row.ref),
                self._book.sent(row.ref),
                self._book.troubles.get(row.ref),
                str(self._workspace.paths.data / "submissions"),
            )
            self.card.show_job(view)
            self.card.show()
            self._look_for_examples(row)
        self.state_changed.emit()

    # Examples that an error names

    def _look_for_examples(self, row: Submission) -> None:
        trouble = trouble_of(row)
        lines = trouble.lines[:SHOWN_EXAMPLES] if trouble is not None else ()
        wanted = (row.ref, trouble.text if trouble is not None else "")
        if not lines or row.plan.dataset_uid != self._workspace.uid or wanted == self._asked_for:
            return
        self._asked_for = wanted
        workspace, ref = self._workspace, row.ref

        def look(_context: TaskContext) -> list[NamedExample]:
            return _named_examples(workspace, ref, lines)

        workspace.tasks.run(
            look,
            title="Find the examples",
            done=partial(self._on_examples_found, ref),
            failed=self._on_examples_not_found,
        )

    def _on_examples_found(self, ref: str, named: list[NamedExample]) -> None:
        if not self._workspace.is_closed and ref == self.list.current_ref:
            self.card.set_named_examples(named)

    def _on_examples_not_found(self, _error: StudioError) -> None:
        """The error itself is shown; without the frozen file there is nothing to open."""

    @Slot(object)
    def _on_example_requested(self, example_id: int) -> None:
        self.open_example_requested.emit((example_id, None))

    # What the buttons do

    @Slot()
    def _on_preparing_cancelled(self) -> None:
        self._book.stop_sending()

    @Slot(str)
    def _on_action_requested(self, name: str) -> None:
        row = self.row
        if row is None:
            return
        if name == "cancel":
            self.cancel()
        elif name == "continue":
            self._book.resume_sending(row.ref)
        elif name == "delete_files":
            self.delete_files_requested.emit()
        elif name == "key":
            self.key_requested.emit(row)
        elif name == "try":
            self.ask_model_requested.emit(row.job)
        else:
            self._book.steer(row.ref, name)


def _named_examples(workspace: "Workspace", ref: str, lines: tuple[int, ...]) -> list[NamedExample]:
    """The examples on these lines of the sent file, as far as they are still in the dataset."""
    ranks = workspace.ranks()
    found: list[NamedExample] = []
    for line in lines:
        sent = example_sent(workspace, ref, line)
        if sent is None or sent.example_id is None:
            continue
        rank = ranks.rank_of(sent.example_id)
        if rank is not None:
            found.append(NamedExample(sent.example_id, rank + 1, line))
    return found
