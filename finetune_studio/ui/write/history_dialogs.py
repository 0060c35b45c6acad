"""The history shown: the undo list to jump in, and the earlier texts of one example."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.storage.rows import StepRow
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.widgets.two_line_delegate import TwoLineDelegate
from finetune_studio.ui.workspace_signals import WorkspaceSignals
from finetune_studio.ui.write.diff_column import DiffColumn
from finetune_studio.ui.write.words import age
from finetune_studio.workspace.history import StepLabel, label_text
from finetune_studio.workspace.operations.jumping import go_to_step
from finetune_studio.workspace.operations.versions import restore_text
from finetune_studio.workspace.queries.examples import recent_steps
from finetune_studio.workspace.queries.versions import (
    EarlierText,
    texts_of_example,
)

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN = 1_000


class HistoryDialog(QDialog):
    """The newest step is at the top; the bold line is where the dataset is now."""

    def __init__(
        self, workspace: "Workspace", commands: CommandRegistry, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("History")
        self.resize(560, 620)
        self._workspace = workspace
        self._commands = commands
        self._steps: list[int] = []
        self._now = 0
        self.list = QListWidget()
        self.list.setItemDelegate(TwoLineDelegate(self.list))
        self.list.setAccessibleName("Steps")
        self.list.setUniformItemSizes(True)
        self.go_button = Button("Go to this point", kind="primary")
        self.close_button = Button("Close")
        outer = dialog_column(self, 12)
        sentence = "Choose a step to make the dataset what it was right after it. Nothing is lost: "
        outer.addWidget(
            LineHeightLabel(sentence + "the steps above stay until you change something.", type="secondary")
        )
        outer.addWidget(self.list, 1)
        foot = button_row(None, self.close_button, self.go_button)
        outer.addLayout(foot)
        self._signals = WorkspaceSignals(workspace.notifier, self)
        self._signals.changed.connect(self._on_signals_changed)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.list.itemActivated.connect(self._on_item_activated)
        self.go_button.clicked.connect(self.go)
        self.close_button.clicked.connect(self.reject)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the steps again."""
        self._workspace.ask(
            recent_steps, SHOWN, done=self._on_read, failed=self._on_failed, key=f"steps {id(self)}"
        )

    def _on_read(self, steps: list[StepRow]) -> None:
        if not isValid(self):
            return
        self._now = max((step.id for step in steps if not step.undone), default=0)
        self.list.blockSignals(True)
        self.list.clear()
        self._steps = []
        for step in steps:
            words = label_text(StepLabel(step.code, dict(step.arguments)))
            self._add(step.id, f"{words}\n{age(step.at)}{' · undone' if step.undone else ''}", step.undone)
        if len(steps) < SHOWN:
            self._add(0, "The beginning\nBefore the first step that is kept", False)
        self.list.blockSignals(False)
        self.list.setCurrentRow(self._steps.index(self._now) if self._now in self._steps else -1)
        self._on_row_chosen(self.list.currentRow())

    def _add(self, step_id: int, text: str, undone: bool) -> None:
        is_now = step_id == self._now
        item = QListWidgetItem(f"{text}{' · you are here' if is_now else ''}")
        if is_now:
            font = item.font()
            font.setWeight(QFont.Weight.DemiBold)
            item.setFont(font)
        if undone:
            item.setForeground(color("secondary"))
        self.list.addItem(item)
        self._steps.append(step_id)

    @Slot()
    def go(self) -> None:
        """Undo or redo until the chosen step is the newest that is done."""
        row = self.list.currentRow()
        if 0 <= row < len(self._steps) and self._steps[row] != self._now:
            self.go_button.setEnabled(False)
            self._workspace.perform(
                go_to_step,
                self._steps[row],
                failed=self._on_failed,
                title="Going through the history",
                visible=True,
            )

    @Slot(int)
    def _on_row_chosen(self, row: int) -> None:
        can = 0 <= row < len(self._steps) and self._steps[row] != self._now
        self.go_button.setEnabled(can and not self._workspace.read_only)

    @Slot(QListWidgetItem)
    def _on_item_activated(self, _item: QListWidgetItem) -> None:
        self.go()

    @Slot(object)
    def _on_signals_changed(self, changes: Changes) -> None:
        if ChangeKind.HISTORY in changes.kinds:
            self.refresh()

    def _on_failed(self, error: StudioError) -> None:
        if not isinstance(error, CancelledError):
            self._commands.report_error(error)
        if isValid(self):
            self._on_row_chosen(self.list.currentRow())

    def done(self, result: int) -> None:
        self._signals.stop()
        super().done(result)


class EarlierTextsDialog(QDialog):
    """The texts that one example had, each beside what it is now."""

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        example_id: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Earlier texts of this example")
        self.resize(940, 600)
        self._workspace = workspace
        self._commands = commands
        self._example_id = example_id
        self._texts: list[EarlierText] = []
        self.list = QListWidget()
        self.list.setAccessibleName("Earlier texts")
        self.diff = DiffColumn()
        self.restore_button = Button("Restore this text", kind="primary")
        self.close_button = Button("Close")
        columns = QHBoxLayout()
        columns.setSpacing(20)
        columns.addWidget(self.list, 1)
        columns.addWidget(self.diff, 3)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        self.note = Label("Only texts that the history still holds are listed.", type="secondary")
        foot.addWidget(self.note)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.restore_button)
        outer = dialog_column(self, 12)
        outer.addLayout(columns, 1)
        outer.addLayout(foot)
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.restore_button.clicked.connect(self.restore)
        self.close_button.clicked.connect(self.reject)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the texts again; the newest that is not shown now is chosen."""
        self._texts = texts_of_example(self._workspace, self._example_id)
        self.list.blockSignals(True)
        self.list.clear()
        for text in self._texts:
            self.list.addItem(QListWidgetItem(_when(text)))
        self.list.blockSignals(False)
        rows = [row for row, text in enumerate(self._texts) if not text.is_now]
        self.list.setCurrentRow(rows[0] if rows else 0)
        self._on_row_chosen(self.list.currentRow())

    @property
    def current(self) -> EarlierText | None:
        row = self.list.currentRow()
        return self._texts[row] if 0 <= row < len(self._texts) else None

    @Slot(int)
    def _on_row_chosen(self, _row: int) -> None:
        text = self.current
        is_other = text is not None and not text.is_now
        self.restore_button.setEnabled(is_other and not self._workspace.read_only)
        if text is None or not is_other:
            alone = " There is no other one." if len(self._texts) < 2 else ""
            self.diff.say(f"This is the text now.{alone}")
            return
        now = next((each.body_id for each in self._texts if each.is_now), None)
        self.diff.ask(self._workspace, text.body_id, now, self._commands.report_error)

    @Slot()
    def restore(self) -> None:
        """Give the example this text back; one undo step."""
        text = self.current
        if text is not None:
            self._workspace.perform(
                restore_text,
                self._example_id,
                text.body_id,
                done=self._on_restored,
                failed=self._commands.report_error,
            )

    def _on_restored(self, _changes: Changes) -> None:
        self._commands.notice("The earlier text is back.", "Undo", self._undo)
        if isValid(self):
            self.refresh()

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")


def _when(text: EarlierText) -> str:
    at: datetime | None = text.at
    name = "As it came" if at is None else age(at).capitalize()
    return f"{name} · now" if text.is_now else name
