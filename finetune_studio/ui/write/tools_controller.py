"""The tools of the open example: shown above it, and changed by steps of their own."""

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import Conversation, Example, PreferencePair
from finetune_studio.formats import tool_definition as definition
from finetune_studio.lint.json_schemas import compiled
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.bulk import BulkRewrites
from finetune_studio.ui.write.conversation_controller import ConversationController
from finetune_studio.ui.write.tool_editor import ToolEditor
from finetune_studio.ui.write.tool_list import ToolItem, item_of, items_of_functions
from finetune_studio.ui.write.tools_pane import ToolsPane
from finetune_studio.workspace.operations import tool_library, tools
from finetune_studio.workspace.operations.fixes import turn_functions_into_tools
from finetune_studio.workspace.queries.tools import ToolUse, tool_uses

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class ToolsController(QObject):
    """`flush_requested` before each change; `leave_requested` when the keys go back to the messages."""

    flush_requested = Signal()
    leave_requested = Signal()

    def __init__(
        self,
        workspace: "Workspace",
        pane: ToolsPane,
        conversation: ConversationController,
        commands: CommandRegistry,
        chosen_ids: "Callable[[], array[int]]",
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._pane = pane
        self._conversation = conversation
        self._commands = commands
        self._chosen_ids = chosen_ids
        self._page = parent
        self._bulk = BulkRewrites(workspace, commands)
        self._row: int | None = None
        self._is_warm = False
        pane.deed_requested.connect(self._on_pane_deed_requested)
        pane.new_requested.connect(self.add)
        pane.library_requested.connect(self.open_library)
        pane.parallel_chosen.connect(self._on_pane_parallel_chosen)
        pane.leave_requested.connect(self.leave_requested)
        pane.rewrite_requested.connect(self._on_pane_rewrite_requested)
        conversation.example_changed.connect(self._on_conversation_example_changed)
        for command_id, handler in (
            ("example.tools", self.toggle),
            ("example.add_tool", self.add),
            ("example.tool_library", self.open_library),
        ):
            commands.register(command_id, handler)

    # What is shown

    @Slot(object)
    def _on_conversation_example_changed(self, example: Example | None) -> None:
        record = example.record if example is not None else None
        holder = record.input if isinstance(record, PreferencePair) else record
        found = holder if isinstance(holder, Conversation) else Conversation(())
        row, self._row = self._row, None
        writable = not self._workspace.read_only and holder is not None
        items = [item_of(tool) for tool in found.tools]
        if items and not self._is_warm:
            self._is_warm = True
            self._workspace.ask(warm_up, title="Reading what checks schemas")
        self._pane.show_tools(items, found.parallel_tool_calls, writable, row)
        self._pane.show_functions(items_of_functions(dict(found.extra).get("functions", "[]")))

    @Slot()
    def toggle(self) -> None:
        """Open the tools and go to them; from within them, close them."""
        focus = self._pane.focusWidget()
        inside = focus is not None and focus.hasFocus() and self._pane.isAncestorOf(focus)
        self._pane.set_open(not self._pane.is_open or not inside)
        if self._pane.is_open:
            self._pane.focus_tools()
        else:
            self.leave_requested.emit()

    # Changes of this example

    @Slot()
    def add(self) -> None:
        """Write a new tool."""
        example = self._conversation.example
        if example is None:
            return
        self.flush_requested.emit()
        editor = self._editor(definition.NEW_TOOL, "New tool", [item.name for item in self._items()])
        if editor.exec() == QDialog.DialogCode.Accepted:
            self._row = len(self._items())
            self._pane.set_open(True)
            self._perform(tools.add_tool, editor.text)
        editor.deleteLater()

    @Slot(str, int)
    def _on_pane_deed_requested(self, name: str, row: int) -> None:
        items = self._items()
        if not 0 <= row < len(items):
            return
        self.flush_requested.emit()
        item = items[row]
        if name == "edit":
            self.edit(row)
        elif name == "duplicate":
            self._row = row + 1
            self._perform(tools.add_tool, _renamed(item, [each.name for each in items]), row + 1)
        elif name in ("up", "down"):
            self._row = row + (1 if name == "down" else -1)
            self._perform(tools.move_tool, row, self._row)
        elif name == "remove":
            self._row = max(0, min(row, len(items) - 2))
            self._perform(tools.remove_tool, row)
        elif name == "save":
            self.save_to_library(item)
        elif name == "share":
            self._bulk.rewrite(tools.add_tool_to_many, self._chosen_ids(), item.text, told="{} changed.")

    def edit(self, row: int) -> None:
        """Change a tool here, or in every example that defines it so."""
        items = self._items()
        item = items[row]
        others = [each.name for place, each in enumerate(items) if place != row]
        editor = self._editor(item.text, f"Tool {item.name}"[:80], others)
        uses: list[ToolUse] = []

        def counted(found: list[ToolUse]) -> None:
            uses.extend(found)
            if found and isValid(editor):
                equal = len(found[0].used_as(item.text))
                editor.show_uses(equal if equal > 1 else 0, found[0].examples - equal if equal > 1 else 0)

        counting = self._workspace.ask(
            tool_uses,
            [item.name],
            done=counted,
            failed=_not_counted,
            title="Counting",
            key=f"uses {id(self)}",
        )
        if editor.exec() == QDialog.DialogCode.Accepted:
            self._row = row
            if editor.is_everywhere and uses:
                ids = array("q", [i for variant in uses[0].variants for i in variant.ids])
                different = editor.takes_different
                self._bulk.rewrite(
                    tool_library.change_in_library, ids, item.text, editor.text, different, told="{} changed."
                )
            else:
                self._perform(tools.replace_tool, row, editor.text)
        counting.cancel()
        editor.deleteLater()

    @Slot(object)
    def _on_pane_parallel_chosen(self, value: bool | None) -> None:
        self.flush_requested.emit()
        self._perform(tools.set_parallel_calls, value)

    @Slot()
    def _on_pane_rewrite_requested(self) -> None:
        self.flush_requested.emit()
        self._perform(turn_functions_into_tools)

    # The library

    def save_to_library(self, item: ToolItem) -> None:
        """Keep a definition in the dataset's library."""

        def done(changes: Changes) -> None:
            words = (
                f"{item.name} is in the library." if changes else f"{item.name} is in the library already."
            )
            self._commands.notice(words)

        self._workspace.perform(
            tool_library.save_to_library, item.text, done=done, failed=self._commands.report_error
        )

    @Slot()
    def open_library(self) -> None:
        """The tools of the dataset: put into examples, changed in all of them, gathered."""
        from finetune_studio.ui.write.tool_library_dialog import ToolLibraryDialog

        self.flush_requested.emit()
        dialog = ToolLibraryDialog(
            self._workspace,
            self._commands,
            self._chosen_ids(),
            self._conversation.example,
            self._page.window(),
        )
        dialog.exec()
        dialog.deleteLater()

    # Parts

    def _items(self) -> list[ToolItem]:
        return self._pane.list.tools.items

    def _editor(self, text: str, title: str, taken: list[str]) -> ToolEditor:
        return ToolEditor(text, title, taken, self._page.window())

    def _perform(self, operation: Callable[..., Any], *arguments: Any) -> None:
        example = self._conversation.example
        if example is not None:
            self._workspace.perform(operation, example.id, *arguments, failed=self._commands.report_error)


def warm_up(_workspace: "Workspace") -> None:
    """Load what checks schemas beside the window: the first form is not kept waiting for it."""
    compiled({})


def _renamed(item: ToolItem, taken: list[str]) -> str:
    """A copy of a definition with a name that is free."""
    name = next(name for name in (f"{item.name}_{n}" for n in range(2, len(taken) + 3)) if name not in taken)
    try:
        return definition.set_name(item.text, name)
    except StudioError:
        return item.text


def _not_counted(error: StudioError) -> None:
    """The tool can be changed here all the same."""
