"""Whose name stands beside notes and steps: from the settings, else the user of this computer."""

import getpass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from finetune_studio.settings.options import PERSON_NAME
from finetune_studio.settings.store import Settings
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.widgets.questions import ask_text

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace


class AuthorCommand(QObject):
    """Tells each dataset that is opened, and asks on demand."""

    def __init__(self, commands: CommandRegistry, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._workspace: Workspace | None = None
        commands.register("review.author", self._on_author)

    @property
    def name(self) -> str:
        """The name in use."""
        return self._settings.get(PERSON_NAME.key).strip() or _user_name()

    def set_workspace(self, workspace: "Workspace | None") -> None:
        self._workspace = workspace
        if workspace is not None:
            workspace.author = self.name

    def set_name(self, name: str) -> None:
        """Keep another name; an empty one goes back to the user of this computer."""
        self._settings.set(PERSON_NAME.key, " ".join(name.split()))
        self._settings.save()
        self.set_workspace(self._workspace)

    def _on_author(self) -> None:
        name, ok = ask_text(
            self._window, "Your name", "Written beside your notes and changes", text=self.name
        )
        if ok:
            self.set_name(name)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
