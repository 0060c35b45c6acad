"""“Split the dataset”, from any page."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.shell.page_stack import PageStack

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class SplitCommand(QObject):
    """What is being typed is written first: the plan reads the dataset."""

    def __init__(self, commands: CommandRegistry, pages: PageStack, window: QWidget) -> None:
        super().__init__(window)
        self._commands = commands
        self._pages = pages
        self._window = window
        self._workspace: Workspace | None = None
        commands.register("check.split", self._on_split)

    def set_workspace(self, workspace: "Workspace | None") -> None:
        self._workspace = workspace

    def _on_split(self) -> None:
        from finetune_studio.ui.check.split_dialog import SplitDialog

        if self._workspace is None:
            return
        self._pages.flush()
        dialog = SplitDialog(self._workspace, self._commands, self._window)
        dialog.exec()
        dialog.deleteLater()
