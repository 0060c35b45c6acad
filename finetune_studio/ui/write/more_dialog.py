"""Examples that a model drafted like one: read them, leave some out, add the rest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.example import Record
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.record_preview import RecordPreview
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.asking import Answer, ask_model
from finetune_studio.workspace.drafting import MORE, more_request, read_more
from finetune_studio.workspace.model_choices import ModelChoice
from finetune_studio.workspace.task import TaskContext, TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class MoreDialog(QDialog):
    """Asks as soon as it is made. Accepted: `chosen()` are the conversations to add."""

    def __init__(
        self, workspace: "Workspace", choice: ModelChoice, record: Record, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("More examples like this")
        self.resize(820, 540)
        self._workspace = workspace
        self._choice = choice
        self._record = record
        self._values: list[Any] = []
        self._text = ""
        self._handle: TaskHandle | None = None
        self.state = LineHeightLabel(type="secondary")
        self.list = QListWidget()
        self.list.setAccessibleName("Drafted examples")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview = RecordPreview()
        self.again = Button("Ask for more", icon_name="refresh-cw")
        self.stop = Button("Stop", icon_name="square")
        self.add = Button("Add", kind="primary")
        self.cancel = Button("Cancel")
        self._lay_out()
        self.list.currentRowChanged.connect(self._on_row_chosen)
        self.list.itemChanged.connect(self._show_state)
        self.again.clicked.connect(self.ask)
        self.stop.clicked.connect(self._on_stop_clicked)
        self.add.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.ask()

    def _lay_out(self) -> None:
        outer = dialog_column(self, 12)
        outer.addWidget(Label(f"{self._choice.model} · {self._choice.where}", type="strong"))
        outer.addWidget(self.state)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.list, 2)
        columns.addWidget(self.preview, 3)
        outer.addLayout(columns, 1)
        foot = button_row(self.again, self.stop, None, self.cancel, self.add)
        outer.addLayout(foot)

    @property
    def is_busy(self) -> bool:
        return self._handle is not None

    def chosen(self) -> Sequence[Any]:
        """The conversations that are ticked."""
        return [value for number, value in enumerate(self._values) if self._is_ticked(number)]

    @Slot()
    def ask(self) -> None:
        """Ask for some more; what is there stays."""
        if self._handle is not None:
            return
        workspace, choice, messages = self._workspace, self._choice, more_request(self._record, MORE)
        self._text = ""

        def work(context: TaskContext) -> Answer:
            return ask_model(workspace, choice, messages, context)

        self._handle = workspace.tasks.run(
            work,
            title=f"Ask {choice.model}",
            partial=self._on_piece,
            done=self._on_done,
            failed=self._on_failed,
            key=f"more {id(self)}",
        )
        self.state.set_tone("")
        self.state.setText("Waiting for the first words…")
        self._show_state()

    def _on_piece(self, piece: str) -> None:
        if isValid(self):
            self._text += piece
            found = len(read_more(self._text, self._record)) if "}" in piece else 0
            if found:
                self.state.setText(f"{counted(found, 'example')} so far…")

    def _on_done(self, answer: Answer) -> None:
        if not isValid(self):
            return
        self._handle = None
        self._take(answer.text)

    def _on_failed(self, error: StudioError) -> None:
        if not isValid(self):
            return
        self._handle = None
        self._take(self._text)
        if not isinstance(error, CancelledError):
            self.state.set_tone("error")
            self.state.setText(f"{error.text} {error.advice}".strip())

    def _take(self, text: str) -> None:
        found = [value for value in read_more(text, self._record) if value not in self._values]
        for value in found:
            self._values.append(value)
            first = next(each["content"] for each in value["messages"] if each["role"] == "user")
            item = QListWidgetItem(" ".join(first.split())[:200])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        if found and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.state.set_tone("" if found else "warning")
        self.state.setText(
            "Read them, and untick what you do not want. They come in as drafts."
            if found
            else "There is no new conversation in what the model answered."
        )
        self._show_state()

    @Slot()
    def _on_stop_clicked(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def reject(self) -> None:
        """Nothing is added, and nobody waits for an answer any more."""
        self._on_stop_clicked()
        super().reject()

    @Slot(int)
    def _on_row_chosen(self, row: int) -> None:
        if 0 <= row < len(self._values):
            self.preview.show_value(self._values[row])

    def _is_ticked(self, number: int) -> bool:
        item = self.list.item(number)
        return item is not None and item.checkState() == Qt.CheckState.Checked

    @Slot()
    def _show_state(self) -> None:
        number = len(self.chosen())
        self.stop.setVisible(self.is_busy)
        self.again.setVisible(not self.is_busy)
        self.add.setText(f"Add {counted(number, 'example')}" if number else "Add")
        self.add.setEnabled(bool(number) and not self.is_busy)
