"""The system prompt of the dataset: its text, and which examples change with it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel, StudioTextEdit
from finetune_studio.ui.widgets.dialog_parts import dialog_column
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.queries.prompts import PromptStanding, dataset_prompt, prompt_standing

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_COUNT_AFTER = 300
_SAYS = (
    "New examples start with it. An example follows it as long as its first system message is the same "
    "text; one with another text overrides it."
)


class DatasetPromptDialog(QDialog):
    """Accepted: `text`, and `following`, `without` and `other` say which examples get it."""

    def __init__(self, workspace: "Workspace", proposed: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("System prompt of the dataset")
        self.resize(600, 480)
        self._workspace = workspace
        self._old = dataset_prompt(workspace)
        self._standing: PromptStanding | None = None
        self.editor = StudioTextEdit("You are …", type="message")
        self.editor.setAccessibleName("System prompt of the dataset")
        self.editor.set_text(proposed or self._old)
        self.same = Label(type="secondary")
        self.following_box = QCheckBox()
        self.following_box.setChecked(True)
        self.without_box = QCheckBox()
        self.other_box = QCheckBox()
        self.count = Label(type="secondary")
        self.apply = Button("Change", kind="primary")
        self.cancel = Button("Cancel")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COUNT_AFTER)
        self._lay_out()
        self._connect()
        self.editor.setFocus()
        self.count_examples()

    def _lay_out(self) -> None:
        outer = dialog_column(self, 12)
        outer.addWidget(LineHeightLabel(_SAYS, type="secondary"))
        outer.addWidget(self.editor, 1)
        outer.addWidget(self.same)
        for box in self._boxes():
            box.hide()
            outer.addWidget(box)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.apply)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.count_examples)
        self.editor.textChanged.connect(self._on_text_changed)
        for box in self._boxes():
            box.toggled.connect(self._show_effect)
        self.apply.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)

    def _boxes(self) -> tuple[QCheckBox, QCheckBox, QCheckBox]:
        return self.following_box, self.without_box, self.other_box

    @property
    def text(self) -> str:
        return self.editor.toPlainText()

    @property
    def following(self) -> bool:
        return self.following_box.isChecked()

    @property
    def without(self) -> bool:
        return self.without_box.isChecked()

    @property
    def other(self) -> bool:
        return self.other_box.isChecked()

    @Slot()
    def count_examples(self) -> None:
        """Ask how many examples follow, override, or have none."""
        self._timer.stop()
        self._standing = None
        self.apply.setEnabled(False)
        self.count.setText("Counting…")
        self._workspace.ask(
            prompt_standing,
            self.text,
            done=self._on_counted,
            failed=self._on_failed,
            title="Counting",
            key=f"dataset prompt {id(self)}",
        )

    def _on_counted(self, standing: PromptStanding) -> None:
        if not isValid(self):
            return
        self._standing = standing
        gone = not self.text
        verb = "Take it out of" if gone else "Change"
        self.following_box.setText(f"{verb} {_those(standing.follow, 'follows', 'follow')} it")
        self.without_box.setText(f"Give it to {_those(standing.without, 'has', 'have')} none")
        self.other_box.setText(f"Put it in the place of {counted(standing.other, 'other system prompt')}")
        self.following_box.setVisible(bool(standing.follow))
        self.without_box.setVisible(bool(standing.without) and not gone)
        self.other_box.setVisible(bool(standing.other) and not gone)
        self.same.setVisible(bool(standing.same))
        self.same.setText(f"{counted(standing.same, 'example')} with this text already will follow it.")
        self._show_effect()

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.count.setText(error.text)

    @Slot()
    def _on_text_changed(self) -> None:
        self.apply.setEnabled(False)
        self._timer.start()

    @Slot()
    def _show_effect(self) -> None:
        """How many examples change with what is ticked now."""
        standing = self._standing
        if standing is None:
            return
        is_new = self.text != self._old
        number = standing.follow if self.following and is_new else 0
        number += standing.without if self.without and self.text else 0
        number += standing.other if self.other and self.text else 0
        self.count.setText(f"Changes {counted(number, 'example')}" if number else "Changes no example")
        self.apply.setText("Remove" if not self.text and self._old else "Change")
        self.apply.setEnabled(is_new or bool(number))


def _those(number: int, one: str, many: str) -> str:
    return f"the example that {one}" if number == 1 else f"the {number:,} examples that {many}"
