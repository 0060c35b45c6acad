"""Which of the tools that the examples define go into the library."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.ui.widgets import Button, Label, LineHeightLabel
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.tool_library import name_in
from finetune_studio.workspace.queries.tools import ToolUse, tool_uses

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MOST = 200
"""Tools that are offered; where each example brings tools of its own, a library of them helps nobody."""
_OFTEN = 2
_TEXT = Qt.ItemDataRole.UserRole
_SENTENCE = (
    "The tools that the examples define, the most used first. Where a tool is defined differently, "
    "the most frequent definition is taken."
)


class ToolGatherDialog(QDialog):
    """Accepted: `texts()` are the definitions that were ticked."""

    def __init__(self, workspace: "Workspace", known: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Gather tools from examples")
        self.resize(560, 480)
        self._left_out = 0
        self._known = {name_in(text) for text in known}
        self.list = QListWidget()
        self.list.setAccessibleName("Tools that the examples define")
        self.count = Label("Looking through the examples…", type="secondary")
        self.take = Button("Take them", kind="primary")
        self.take.setEnabled(False)
        self.cancel = Button("Cancel")
        outer = dialog_column(self, 12)
        outer.addWidget(LineHeightLabel(_SENTENCE, type="secondary"))
        outer.addWidget(self.list, 1)
        foot = button_row(self.count, None, self.cancel, self.take)
        outer.addLayout(foot)
        self.list.itemChanged.connect(self._on_list_item_changed)
        self.take.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        workspace.ask(
            tool_uses,
            done=self._on_found,
            failed=self._on_failed,
            title="Looking for tools",
            key=f"gather {id(self)}",
        )

    def texts(self) -> list[str]:
        """The definitions that are ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [str(item.data(_TEXT)) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _on_found(self, uses: list[ToolUse]) -> None:
        if not isValid(self):
            return
        fresh = [use for use in uses if use.name not in self._known]
        self.list.blockSignals(True)
        for use in fresh[:MOST]:
            words = f"{use.name[:80]}  ·  {counted(use.examples, 'example')}"
            if len(use.variants) > 1:
                words += f"  ·  {len(use.variants):,} definitions"
            item = QListWidgetItem(words)
            item.setData(_TEXT, use.variants[0].text)
            often = use.examples >= _OFTEN or len(fresh) <= MOST
            item.setCheckState(Qt.CheckState.Checked if often else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setCurrentRow(0)
        self._left_out = len(fresh) - len(fresh[:MOST])
        self._tell(bool(uses))

    def _tell(self, has_uses: bool = True) -> None:
        number = len(self.texts())
        if not self.list.count():
            words = "All of them are in the library." if has_uses else "No example defines a tool."
        else:
            words = f"{number:,} of {counted(self.list.count(), 'tool')}"
            if self._left_out:
                words += f"; {self._left_out:,} rarer ones are not shown"
        self.count.setText(words)
        self.take.setEnabled(number > 0)
        self.take.setText(f"Take {counted(number, 'tool')}" if number else "Take them")

    @Slot(QListWidgetItem)
    def _on_list_item_changed(self, _item: QListWidgetItem) -> None:
        self._tell()

    def _on_failed(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.count.setText(error.text)
