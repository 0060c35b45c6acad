"""Undo and redo, with what they would do in their titles."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from finetune_studio.ui.commands.registry import CommandRegistry

if TYPE_CHECKING:
    from finetune_studio.workspace.history import StepLabel
    from finetune_studio.workspace.workspace import Workspace


class HistoryCommands(QObject):
    """`flush` is called first, so that what is being typed is a step of its own."""

    def __init__(self, commands: CommandRegistry, flusher: QObject, parent: QObject) -> None:
        super().__init__(parent)
        self._commands = commands
        self._flusher = flusher
        self._workspace: Workspace | None = None
        commands.register("edit.undo", self._on_undo)
        commands.register("edit.redo", self._on_redo)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        self._workspace = workspace
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look at the labels again, after each change."""
        history = self._workspace.history if self._workspace is not None else None
        undo = history.undo_label if history is not None and history.can_undo else None
        redo = history.redo_label if history is not None and history.can_redo else None
        self._show("edit.undo", "Undo", undo)
        self._show("edit.redo", "Redo", redo)

    def _show(self, command_id: str, verb: str, label: "StepLabel | None") -> None:
        # Text that is still in an editor is not in the history yet: undo stays possible, it commits first.
        self._commands.set_enabled(command_id, label is not None)
        if label is None:
            self._commands.set_title(command_id, "")
            return
        from finetune_studio.workspace.history import label_text

        text = label_text(label)
        self._commands.set_title(command_id, f"{verb} “{text[:1].lower()}{text[1:]}”")

    def _on_undo(self) -> None:
        if self._workspace is not None:
            self._flush()
            self._workspace.undo()

    def _on_redo(self) -> None:
        if self._workspace is not None:
            self._flush()
            self._workspace.redo()

    def _flush(self) -> None:
        flush = getattr(self._flusher, "flush", None)
        if callable(flush):
            flush()
