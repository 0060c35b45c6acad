"""The dataset's library of tools: how the examples use each, and what can be done about it."""

from array import array
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from finetune_studio.domain.errors import CancelledError, StudioError
from finetune_studio.domain.example import Example
from finetune_studio.formats.json_layout import pretty_text
from finetune_studio.formats.tool_definition import NEW_TOOL, read_fields
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets import Button, ComboBox, EmptyState, Label, LineHeightLabel, StudioTextEdit
from finetune_studio.ui.widgets.dialog_parts import button_row, dialog_column
from finetune_studio.ui.write.bulk import BulkRewrites
from finetune_studio.ui.write.tool_editor import ToolEditor
from finetune_studio.ui.write.tool_gather_dialog import ToolGatherDialog
from finetune_studio.ui.write.tool_list import ToolItem, ToolList
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations import tool_library, tools
from finetune_studio.workspace.operations.tool_library import name_in
from finetune_studio.workspace.queries.tools import ToolUse, tool_uses
from finetune_studio.workspace.task import TaskHandle

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_NUMBERS = 12
_SENTENCE = (
    "Keep the tools that many examples use: put them into others, and change them in all of them at once."
)


class ToolLibraryDialog(QDialog):
    """Counts in the background; each change is one undo step."""

    def __init__(
        self,
        workspace: "Workspace",
        commands: CommandRegistry,
        chosen: "array[int]",
        example: Example | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Library of tools")
        self.resize(1020, 640)
        self._workspace = workspace
        self._commands = commands
        self._bulk = BulkRewrites(workspace, commands)
        self._chosen = chosen or (array("q", [example.id]) if example is not None else array("q"))
        self._texts: list[str] = []
        self._uses: dict[str, ToolUse] | None = None
        self._counting: TaskHandle | None = None
        self.list = ToolList("Library of tools")
        self.new_button = Button("New tool…", icon_name="plus")
        self.gather_button = Button("Gather from examples…", icon_name="file-input")
        self.name = Label(type="title")
        self.words = LineHeightLabel(type="secondary")
        self.use = LineHeightLabel()
        self.variant = ComboBox("Definition")
        self.json = StudioTextEdit(type="mono")
        self.json.setReadOnly(True)
        self.json.setAccessibleName("JSON of the definition")
        self.edit_button = Button("Edit…", icon_name="pencil")
        self.align_button = Button("Bring the others in line", icon_name="list-checks")
        self.remove_button = Button("Remove", kind="danger")
        self.close_button = Button("Close")
        self.add_button = Button("Add", kind="primary")
        offer = "" if workspace.read_only else "Gather from examples…"
        self.empty = EmptyState("wrench", "No tools in the library yet", _SENTENCE, offer)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self.name)
        right.addWidget(self.words)
        right.addWidget(self.use)
        right.addWidget(self.variant)
        right.addWidget(self.json, 1)
        row = button_row(self.edit_button, self.align_button, None, self.remove_button)
        right.addLayout(row)
        full = QWidget()
        columns = QHBoxLayout(full)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(24)
        columns.addLayout(left, 2)
        columns.addLayout(right, 3)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(full)
        foot = button_row(self.new_button, self.gather_button, None, self.close_button, self.add_button)
        outer = dialog_column(self)
        outer.addWidget(self._stack, 1)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self.list.row_changed.connect(self._show_chosen)
        self.list.open_requested.connect(self._on_list_open_requested)
        self.list.remove_requested.connect(self._on_list_remove_requested)
        self.list.leave_requested.connect(self.reject)
        self.variant.currentIndexChanged.connect(self._show_definition)
        self.new_button.clicked.connect(self.write_new)
        self.gather_button.clicked.connect(self.gather)
        self.empty.action_requested.connect(self.gather)
        self.edit_button.clicked.connect(self.edit)
        self.align_button.clicked.connect(self.align)
        self.remove_button.clicked.connect(self.remove)
        self.add_button.clicked.connect(self.add_to_examples)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._on_finished)

    # What is shown

    @Slot()
    def refresh(self) -> None:
        """Read the library again, and count anew in the background."""
        if not isValid(self):
            return
        self._texts = tool_library.library(self._workspace)
        self._uses = None
        self._show_list()
        self._counting = self._workspace.ask(
            tool_uses,
            done=self._on_counted,
            failed=self._on_not_counted,
            title="Looking for tools",
            key=f"library {id(self)}",
        )

    @Slot()
    def _on_finished(self) -> None:
        """A count of a large dataset ends with the dialog."""
        if self._counting is not None:
            self._counting.cancel()

    def _on_counted(self, uses: list[ToolUse]) -> None:
        if isValid(self):
            self._uses = {use.name: use for use in uses}
            self._show_list()

    def _on_not_counted(self, error: StudioError) -> None:
        if isValid(self) and not isinstance(error, CancelledError):
            self.use.setText(error.text)

    def _show_list(self) -> None:
        self._stack.setCurrentIndex(1 if self._texts else 0)
        self.list.show_items([self._item(text) for text in self._texts])
        self._show_chosen()

    def _item(self, text: str) -> ToolItem:
        name = name_in(text)
        if self._uses is None:
            figure = ""
        else:
            use = self._uses.get(name)
            figure = counted(use.examples, "example") if use is not None else "not used"
        try:
            words = read_fields(text).description
        except StudioError:
            words = ""
        return ToolItem(text, name, words, figure)

    @Slot()
    def _show_chosen(self) -> None:
        item = self._chosen_item()
        writable = not self._workspace.read_only
        has = item is not None and writable
        for button in (self.edit_button, self.remove_button):
            button.setEnabled(has)
        self.new_button.setEnabled(writable)
        self.gather_button.setEnabled(writable)
        count = len(self._chosen)
        words = "Add to this example" if count == 1 else f"Add to the {count:,} chosen examples"
        self.add_button.setText(words if count else "Add to an example")
        self.add_button.setEnabled(has and bool(count))
        if item is not None:
            self.name.setText(item.name)
            self.words.setText(item.description)
            self.words.setVisible(bool(item.description))
            self._show_use(item)

    def _show_use(self, item: ToolItem) -> None:
        use = self._uses.get(item.name) if self._uses is not None else None
        equal = use.used_as(item.text) if use is not None else array("q")
        others = [each for each in use.variants if each.ids is not equal] if use is not None else []
        differ = sum(len(each.ids) for each in others)
        self.use.setText(_use_words(len(equal), differ) if self._uses is not None else "Counting…")
        self.align_button.setVisible(differ > 0 and not self._workspace.read_only)
        one = differ == 1
        self.align_button.setText(f"Bring the other {'one' if one else f'{differ:,}'} in line")
        self.variant.blockSignals(True)
        self.variant.clear()
        self.variant.addItem(f"In the library · {counted(len(equal), 'example')}", item.text)
        for each in others:
            where = f"Another definition · {counted(len(each.ids), 'example')}: {self._numbers(each.ids)}"
            self.variant.addItem(
                where if each.text else f"More · {counted(len(each.ids), 'example')}", each.text
            )
        self.variant.blockSignals(False)
        self.variant.setVisible(bool(others))
        self._show_definition()

    def _numbers(self, ids: "array[int]") -> str:
        ranks = self._workspace.ranks(wait=False)
        found = [ranks.rank_of(example_id) for example_id in ids[:_NUMBERS]]
        shown = ", ".join(f"{rank + 1:,}" for rank in found if rank is not None)
        return f"{shown} …" if len(ids) > _NUMBERS else shown

    @Slot()
    def _show_definition(self) -> None:
        text = self.variant.currentData()
        try:
            self.json.set_text(pretty_text(str(text)) if text else "")
        except StudioError:
            self.json.set_text(str(text))

    def _chosen_item(self) -> ToolItem | None:
        row = self.list.row
        return self.list.tools.items[row] if 0 <= row < len(self.list.tools.items) else None

    # What can be done

    @Slot()
    def write_new(self) -> None:
        """Write a tool that no example uses yet."""
        editor = ToolEditor(NEW_TOOL, "New tool", [name_in(text) for text in self._texts], self)
        if editor.exec() == QDialog.DialogCode.Accepted:
            self._perform(tool_library.save_to_library, editor.text)
        editor.deleteLater()

    @Slot()
    def edit(self) -> None:
        """Change the tool, and the examples that define it like this."""
        item = self._chosen_item()
        if item is None or self._workspace.read_only:
            return
        others = [name_in(text) for text in self._texts if text != item.text]
        editor = ToolEditor(item.text, f"Tool {item.name}"[:80], others, self)
        use = self._uses.get(item.name) if self._uses is not None else None
        if use is not None:
            equal = len(use.used_as(item.text))
            editor.show_uses(equal, use.examples - equal if equal else 0, is_chosen=True)
        if editor.exec() == QDialog.DialogCode.Accepted:
            if editor.is_everywhere and use is not None:
                self._rewrite(use, item.text, editor.text, editor.takes_different)
            else:
                self._perform(tool_library.save_to_library, editor.text, item.name)
        editor.deleteLater()

    @Slot()
    def align(self) -> None:
        """Give the examples that define the tool differently the definition of the library."""
        item = self._chosen_item()
        use = self._uses.get(item.name) if self._uses is not None and item is not None else None
        if item is not None and use is not None:
            self._rewrite(use, item.text, item.text, True)

    @Slot()
    def remove(self) -> None:
        """Take the tool out of the library; examples keep theirs."""
        item = self._chosen_item()
        if item is not None and not self._workspace.read_only:
            self._perform(tool_library.remove_from_library, item.name)

    @Slot()
    def add_to_examples(self) -> None:
        """Define the tool in the chosen examples that have none of its name."""
        item = self._chosen_item()
        if item is not None:
            self._bulk.rewrite(
                tools.add_tool_to_many, self._chosen, item.text, told="{} changed.", then=self.refresh
            )

    @Slot()
    def gather(self) -> None:
        """Choose among the tools that the examples define."""
        dialog = ToolGatherDialog(self._workspace, self._texts, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._perform(tool_library.gather_into_library, dialog.texts())
        dialog.deleteLater()

    def _rewrite(self, use: ToolUse, old: str, new: str, different: bool) -> None:
        ids = array("q", [number for variant in use.variants for number in variant.ids])
        self._bulk.rewrite(
            tool_library.change_in_library, ids, old, new, different, told="{} changed.", then=self.refresh
        )

    def _perform(self, operation: Any, *arguments: Any) -> None:
        def done(_changes: object) -> None:
            self.refresh()

        self._workspace.perform(operation, *arguments, done=done, failed=self._commands.report_error)

    @Slot(int)
    def _on_list_open_requested(self, _row: int) -> None:
        self.edit()

    @Slot(int)
    def _on_list_remove_requested(self, _row: int) -> None:
        self.remove()


def _use_words(equal: int, differ: int) -> str:
    if not equal and not differ:
        return "No example defines it yet."
    if not equal:
        return f"{counted(differ, 'example')} {'defines' if differ == 1 else 'define'} it, but differently."
    first = f"{counted(equal, 'example')} {'defines' if equal == 1 else 'define'} it like this"
    return f"{first}; {differ:,} more differently." if differ else f"{first}."
