"""The system prompt of many examples: written anew or added to, and how many that changes."""

from array import array
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.ui.widgets import (
    Button,
    ComboBox,
    FormRow,
    Label,
    LineHeightLabel,
    Segmented,
    StudioTextEdit,
)
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations import prompts

if TYPE_CHECKING:
    from finetune_studio.workspace.task import TaskContext
    from finetune_studio.workspace.workspace import Workspace

_COUNT_AFTER = 300
_SAYS = {
    "set": "Takes the place of the first system message. Examples that have none get one. "
    "Leave it empty to take the message out.",
    "append": "Goes behind the system message, after an empty line. Examples that have none get one.",
}
ROLES = ("system", "developer", "user", "assistant", "tool")


class PromptDialog(QDialog):
    """Accepted: `text` and `is_append` say what to do."""

    def __init__(
        self, workspace: "Workspace", ids: "array[int]", text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Set the system prompt")
        self.resize(560, 400)
        self._workspace = workspace
        self._ids = ids
        self.mode = Segmented([("set", "Replace"), ("append", "Add to it")], "What to do")
        self.explanation = LineHeightLabel(_SAYS["set"], type="secondary")
        self.editor = StudioTextEdit("You are …", type="message")
        self.editor.setAccessibleName("System prompt")
        self.editor.set_text(text)
        self.count = Label(type="secondary")
        self.apply = Button("Change", kind="primary")
        self.cancel = Button("Cancel")
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COUNT_AFTER)
        self._timer.timeout.connect(self.count_changes)
        self.mode.chosen.connect(self._on_changed)
        self.editor.textChanged.connect(self._on_changed)
        self.apply.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self.editor.setFocus()
        self.count_changes()

    def _lay_out(self) -> None:
        outer = dialog_column(self, 12)
        row = QHBoxLayout()
        row.addWidget(self.mode)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addWidget(self.explanation)
        outer.addWidget(self.editor, 1)
        foot = button_row(self.count, None, self.cancel, self.apply)
        outer.addLayout(foot)

    @property
    def text(self) -> str:
        return self.editor.toPlainText()

    @property
    def is_append(self) -> bool:
        return self.mode.current() == "append"

    @Slot()
    def count_changes(self) -> None:
        """Ask how many examples would change."""
        self._timer.stop()
        ids, text, append = self._ids, self.text, self.is_append

        def count(workspace: "Workspace", context: "TaskContext") -> int:
            return prompts.count_prompt_changes(workspace, IdSet.of(ids), text, append, context)

        self.apply.setEnabled(False)
        self.count.setText("Counting…")
        self._workspace.ask(
            count,
            done=self._on_counted,
            failed=self._on_failed,
            title="Counting",
            key=f"prompt {id(self)}",
        )

    def _on_counted(self, number: int) -> None:
        if isValid(self):
            self.count.setText(f"Changes {number:,} of {counted(len(self._ids), 'example')}")
            self.apply.setText(f"Change {counted(number, 'example')}" if number else "Change")
            self.apply.setEnabled(bool(number))

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.count.setText(error.text)

    @Slot()
    def _on_changed(self) -> None:
        self.explanation.setText(_SAYS["append" if self.is_append else "set"])
        self.apply.setEnabled(False)
        self._timer.start()


class RetypeDialog(QDialog):
    """Accepted: `role` becomes `to` in every chosen example."""

    def __init__(self, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Change a role")
        self.source = ComboBox("Role now")
        self.target = ComboBox("New role")
        for box in (self.source, self.target):
            for role in ROLES:
                box.addItem(role.capitalize(), role)
        self.target.setCurrentIndex(ROLES.index("developer"))
        self.apply = Button(f"Change {counted(count, 'example')}", kind="primary")
        cancel = Button("Cancel")
        outer = dialog_column(self, 14)
        outer.addWidget(
            LineHeightLabel("Every message of the first role gets the second one.", type="secondary")
        )
        outer.addWidget(FormRow("Messages of", self.source))
        outer.addWidget(FormRow("Become", self.target))
        outer.addStretch(1)
        foot = button_row(None, cancel, self.apply)
        outer.addLayout(foot)
        self.resize(380, 260)
        self.source.currentIndexChanged.connect(self._on_changed)
        self.target.currentIndexChanged.connect(self._on_changed)
        self.apply.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)

    @property
    def role(self) -> str:
        return str(self.source.currentData())

    @property
    def to(self) -> str:
        return str(self.target.currentData())

    @Slot()
    def _on_changed(self) -> None:
        self.apply.setEnabled(self.role != self.to)
