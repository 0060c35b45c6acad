"""Find and replace over the dataset: what to look for, every hit with a tick box, one undo step."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QHBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.diagnostic import Location
from finetune_studio.domain.edits import pointer_parts
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    EmptyState,
    Label,
    LineHeightLabel,
    ProgressRow,
    StudioLineEdit,
)
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.ui.write.hit_list import HitList, HitModel
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.replace import ReplaceReport, replace_hits
from finetune_studio.workspace.queries.find import MAX_HITS, Finder, FindOptions, Found, find_hits
from finetune_studio.workspace.queries.hits import Hits

if TYPE_CHECKING:
    from finetune_studio.workspace.task import TaskHandle
    from finetune_studio.workspace.workspace import Workspace

_SEARCH_AFTER = 250
"""Milliseconds after the last key."""
_PROGRESS_AFTER = 500
"""Milliseconds of replacing after which a cancel button is shown."""
_ROLES = (
    ("All roles", ""),
    ("System", "system"),
    ("User", "user"),
    ("Assistant", "assistant"),
    ("Tool", "tool"),
)
_HINT = "Type what you look for. Every place is shown here before anything is changed."


class ReplaceDialog(QDialog):
    """Stays open beside the page. `example_requested(example id, Location)` shows a hit in its example."""

    example_requested = Signal(int, object)

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        query: Callable[[], str],
        flush: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Find and replace")
        self.resize(760, 620)
        self._workspace = workspace
        self._commands = commands
        self._query = query
        self._flush = flush
        self._task: TaskHandle | None = None
        self._busy = False
        self._found = Found()
        self.text = StudioLineEdit("", "Text to find")
        self.text.setAccessibleName("Find")
        self.replacement = StudioLineEdit("", "Leave empty to take it out")
        self.replacement.setAccessibleName("Replace with")
        self.match_case = QCheckBox("Match case")
        self.whole_word = QCheckBox("Whole words")
        self.is_regex = QCheckBox("Regular expression")
        self.in_filter = QCheckBox("Only examples in the filter")
        self.role = ComboBox("Role")
        for title, key in _ROLES:
            self.role.addItem(title, key)
        self.problem = LineHeightLabel(type="small", tone="error")
        self.problem.hide()
        self.model = HitModel(self._rank_of, self)
        self.list = HitList(self.model)
        self.empty = EmptyState("search", "Find and replace", _HINT)
        self.progress = ProgressRow("Replacing", cancellable=True)
        self.progress.hide()
        self.summary = Label(type="secondary")
        self.tick_button = Button("Untick all", kind="link")
        self.tick_button.hide()
        self.replace_button = Button("Replace", kind="primary")
        self.close_button = Button("Close")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_AFTER)
        self._timer.timeout.connect(self.search)
        self._progress_timer = QTimer(self)
        self._progress_timer.setSingleShot(True)
        self._progress_timer.setInterval(_PROGRESS_AFTER)
        self._progress_timer.timeout.connect(self.progress.show)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._connect()
        self._show_state()

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        for row, (name, field) in enumerate((("Find", self.text), ("Replace with", self.replacement))):
            label = Label(name, type="secondary")
            label.setBuddy(field)
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
        choices = QHBoxLayout()
        choices.setSpacing(18)
        for box in (self.match_case, self.whole_word, self.is_regex, self.in_filter):
            choices.addWidget(box)
        choices.addStretch(1)
        choices.addWidget(self.role)
        form.addLayout(choices, 2, 0, 1, 2)
        form.addWidget(self.problem, 3, 0, 1, 2)
        outer = dialog_column(self, 12)
        outer.addLayout(form)
        outer.addWidget(self.list, 1)
        outer.addWidget(self.empty, 1)
        outer.addWidget(self.progress)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        for part in (self.summary, self.tick_button):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.replace_button)
        outer.addLayout(foot)
        for button in (self.tick_button, self.close_button):
            button.setAutoDefault(False)
        self.replace_button.setAutoDefault(False)

    def _connect(self) -> None:
        self.text.textChanged.connect(self._on_changed)
        self.replacement.textChanged.connect(self._on_changed)
        for box in (self.match_case, self.whole_word, self.is_regex, self.in_filter):
            box.toggled.connect(self._on_changed)
        self.role.currentIndexChanged.connect(self._on_changed)
        self.model.ticks_changed.connect(self._show_state)
        self.list.shown.connect(self._on_list_shown)
        self.tick_button.clicked.connect(self._on_tick_button_clicked)
        self.replace_button.clicked.connect(self.replace)
        self.close_button.clicked.connect(self.reject)
        self.progress.cancel_requested.connect(self._on_cancel_requested)
        self._signals.changed.connect(self._on_signals_changed)

    # What is looked for

    def options(self) -> FindOptions:
        """What the form says."""
        role = self.role.currentData()
        return FindOptions(
            self.text.text(),
            self.replacement.text() if not self._workspace.read_only else None,
            is_regex=self.is_regex.isChecked(),
            whole_word=self.whole_word.isChecked(),
            match_case=self.match_case.isChecked(),
            roles=frozenset({role}) if role else frozenset(),
            query=self._query() if self.in_filter.isChecked() else "",
        )

    def set_text(self, text: str) -> None:
        """Look for a text at once."""
        with QSignalBlocker(self.text):
            self.text.setText(text)
        self.text.selectAll()
        self.search()

    @Slot()
    def search(self) -> None:
        """Look through the dataset; a newer search replaces an older one."""
        self._timer.stop()
        options = self.options()
        if not options.text:
            self._say("")
            self.model.set_hits(Hits(), can_replace=False)
            return
        try:
            Finder(options)
        except StudioError as error:
            self._say(f"{error.text} {error.advice}".strip())
            return
        self._flush()
        self._say("")
        self._task = self._workspace.ask(
            find_hits,
            options,
            done=self._on_found,
            failed=self._on_failed,
            title="Searching",
            key=f"replace {id(self)}",
        )

    def _on_found(self, found: Found) -> None:
        if not isValid(self):
            return
        self._task = None
        self._found = found
        self.empty.set_texts("Nothing found", f"Looked in {counted(found.searched, 'example')}.")
        self.model.set_hits(found.hits, can_replace=not self._workspace.read_only)

    def _on_failed(self, error: StudioError) -> None:
        if not isValid(self):
            return
        self._task = None
        self._set_busy(False)
        if not isinstance(error, CancelledError):
            self._say(f"{error.text} {error.advice}".strip())

    # Replacing

    @Slot()
    def replace(self) -> None:
        """Put the replacement in at every ticked hit, as one step."""
        hits = self.model.ticked()
        if not hits or self._busy:
            return
        self._flush()
        self._set_busy(True)
        self._task = self._workspace.perform(
            replace_hits,
            hits,
            self.text.text(),
            initiator=self,
            done=self._on_replaced,
            failed=self._on_failed,
            title="Replacing",
            visible=True,
        )

    def _on_replaced(self, report: ReplaceReport) -> None:
        if not isValid(self):
            return
        self._task = None
        self._set_busy(False)
        text = f"{counted(report.replaced, 'place')} replaced in {counted(report.n_examples, 'example')}."
        if report.stale:
            text += f" {counted(report.stale, 'place')} had changed and stayed as it is."
        self._commands.notice(text, "Undo", self._undo)
        self.search()

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    # What is shown

    def _rank_of(self, example_id: int) -> int | None:
        return self._workspace.ranks(wait=False).rank_of(example_id)

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        if text:
            self.model.set_hits(Hits(), can_replace=False)
            self.empty.set_texts("No search", "The pattern has to be mended first.")

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        if busy:
            self._progress_timer.start()
        else:
            self._progress_timer.stop()
            self.progress.hide()
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        hits = self.model.hits
        self.list.setVisible(bool(hits))
        self.empty.setVisible(not hits)
        if not self.text.text():
            self.empty.set_texts("Find and replace", _HINT)
        number = self.model.ticked_count
        self.summary.setText(self._summary(hits) if hits else "")
        self.tick_button.setVisible(bool(hits) and self.model.can_replace)
        self.tick_button.setText("Untick all" if number else "Tick all")
        self.replace_button.setText(f"Replace {number:,}" if number else "Replace")
        self.replace_button.setEnabled(bool(number) and self.model.can_replace and not self._busy)

    def _summary(self, hits: Hits) -> str:
        places = counted(len(hits), "place")
        if self._found.is_cut:
            return f"The first {MAX_HITS:,} places. Replace these, then look again."
        return f"{places} in {counted(self._found.n_examples, 'example')}"

    @Slot()
    def _on_changed(self) -> None:
        self._timer.start()

    @Slot(int)
    def _on_list_shown(self, row: int) -> None:
        hit = self.model.hits[row]
        parts = pointer_parts(hit.path)
        start = next(n for n in range(len(parts) - 1, -1, -1) if parts[n] in ("content", "refusal"))
        field = "".join("/" + part for part in parts[start:])
        place = Location(hit.example_id, hit.message_index, field, hit.start, hit.end)
        self.example_requested.emit(hit.example_id, place)

    @Slot()
    def _on_tick_button_clicked(self) -> None:
        self.model.tick_all(self.model.ticked_count == 0)

    @Slot()
    def _on_cancel_requested(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        touched = changes.kinds & {ChangeKind.BODIES, ChangeKind.MEMBERSHIP}
        if touched and changes.initiator is not self and self.text.text():
            self._timer.start()

    def done(self, result: int) -> None:
        """Stop listening; the dialog is made anew next time."""
        self._timer.stop()
        self._signals.stop()
        if self._task is not None:
            self._task.cancel()
        super().done(result)
