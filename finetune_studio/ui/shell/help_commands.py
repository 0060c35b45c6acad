"""The Help menu."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from finetune_studio.ui.commands.registry import CommandRegistry


class HelpCommands(QObject):
    """Keeps one help window, made when first asked for."""

    def __init__(self, commands: CommandRegistry, window: QWidget) -> None:
        super().__init__(window)
        self._commands = commands
        self._window = window
        self._help: QWidget | None = None
        commands.register("help.guide", self._on_guide)
        commands.register("help.rules", self._on_rules)
        commands.register("help.keys", self._on_keys)
        commands.register("help.about", self._on_about)

    def show_help(self, key: str) -> None:
        """Open the help at a page: "guide", "rules/F001"."""
        from finetune_studio.ui.shell.help_view import HelpDialog

        if self._help is None or not isValid(self._help):
            self._help = HelpDialog(self._window)
        dialog = self._help
        assert isinstance(dialog, HelpDialog)
        dialog.show_page(key)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def _on_guide(self) -> None:
        self.show_help("guide")

    def _on_rules(self) -> None:
        self.show_help("rules")

    def _on_keys(self) -> None:
        from finetune_studio.ui.shell.small_dialogs import KeysDialog

        dialog = KeysDialog(self._commands, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _on_about(self) -> None:
        from finetune_studio.ui.shell.small_dialogs import AboutDialog

        dialog = AboutDialog(self._window)
        dialog.exec()
        dialog.deleteLater()
