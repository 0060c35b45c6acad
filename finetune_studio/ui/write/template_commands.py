"""Commands on templates: new examples from one, and a template from an example."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.records import loads_exact
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.dataset_commands import chosen_text
from finetune_studio.ui.write.list_controller import ListController
from finetune_studio.ui.write.template_memory import TemplateMemory
from finetune_studio.ui.write.words import counted
from finetune_studio.workspace.operations.templates import delete_template, new_from_template, save_template
from finetune_studio.workspace.queries.examples import get_example
from finetune_studio.workspace.templates import own_templates

if TYPE_CHECKING:
    from finetune_studio.ui.write.template_dialog import TemplateDialog
    from finetune_studio.workspace.workspace import Workspace

_LARGE = 2_000
"""Examples from which making them is shown as a task."""


class TemplateCommands(QObject):
    """`flush_requested` before each; `made(example id)`: the first of the new ones, to be written in."""

    flush_requested = Signal()
    made = Signal(int)

    def __init__(
        self, workspace: "Workspace", commands: CommandRegistry, listed: ListController, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._commands = commands
        self._list = listed
        self._page = parent
        self._memory = TemplateMemory()
        self._dialog: TemplateDialog | None = None
        commands.register("example.from_template", self._on_from_template)
        commands.register("example.save_template", self._on_save_template)

    def _on_from_template(self) -> None:
        from finetune_studio.ui.write.template_dialog import TemplateDialog

        self.flush_requested.emit()
        dialog = self._dialog = TemplateDialog(self._workspace, self._memory, self._page.window())
        dialog.delete_requested.connect(self._on_dialog_delete_requested)
        dialog.focus_fields()
        if dialog.exec() == QDialog.DialogCode.Accepted:
            rows = dialog.rows()
            self._workspace.perform(
                new_from_template,
                dialog.template,
                rows,
                self._list.current_id,
                dialog.use_prompt,
                title="Making examples",
                visible=len(rows) >= _LARGE,
                done=self._on_made,
                failed=self._on_failed,
            )
        self._dialog = None
        dialog.deleteLater()

    def _on_made(self, changes: Changes) -> None:
        if isValid(self) and changes.example_ids:
            number = len(changes.example_ids)
            self.made.emit(next(iter(changes.example_ids)))
            if number > 1:
                self._commands.notice(f"{counted(number, 'example')} made.", "Undo", self._undo)

    @Slot(str)
    def _on_dialog_delete_requested(self, name: str) -> None:
        def done(_changes: Changes) -> None:
            if self._dialog is not None and isValid(self._dialog):
                self._dialog.refresh()
            self._commands.notice(f"The template “{name}” is deleted.", "Undo", self._undo)

        self._workspace.perform(delete_template, name, done=done, failed=self._on_failed)

    def _on_save_template(self) -> None:
        if self._list.current_id is None:
            return
        chosen = chosen_text()
        self.flush_requested.emit()

        def read(value: Any) -> None:
            if isValid(self):
                self._save(value, chosen)

        self._workspace.perform(_value_of, self._list.current_id, done=read, failed=self._on_failed)

    def _save(self, value: Any, chosen: str) -> None:
        from finetune_studio.ui.write.save_template_dialog import SaveTemplateDialog

        taken = frozenset(each.name for each in own_templates(self._workspace))
        dialog = SaveTemplateDialog(value, chosen, taken, self._page.window())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            name = dialog.name

            def done(_changes: Changes) -> None:
                self._commands.notice(f"The template “{name}” is kept in this dataset.", "Undo", self._undo)

            self._workspace.perform(save_template, name, dialog.value, done=done, failed=self._on_failed)
        dialog.deleteLater()

    def _undo(self) -> None:
        self._commands.invoke("edit.undo")

    def _on_failed(self, error: StudioError) -> None:
        self._commands.report_error(error)


def _value_of(workspace: "Workspace", example_id: int) -> Any:
    """The example after every change that waits; exact numbers and all."""
    return loads_exact(get_example(workspace, example_id).body)
