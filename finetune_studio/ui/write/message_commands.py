"""The message commands of menus, keys and palette, on the conversation that is shown."""

from PySide6.QtCore import QObject

from finetune_studio.domain.message import Role
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.write.conversation_view import ConversationView


class MessageCommands(QObject):
    """Lives as long as the view, which is its parent."""

    def __init__(self, view: ConversationView, commands: CommandRegistry) -> None:
        super().__init__(view)
        self._view = view
        for name, handler in (
            ("message.add_system", self._on_add_system),
            ("message.add_user", self._on_add_user),
            ("message.add_assistant", self._on_add_assistant),
            ("message.add_tool", self._view.add_tool_call),
            ("message.add_turn", self._on_add_turn),
            ("message.delete", self._on_delete),
            ("message.move_up", self._on_move_up),
            ("message.move_down", self._on_move_down),
            ("message.toggle_weight", self._on_toggle_weight),
        ):
            commands.register(name, handler)

    def _on_add_system(self) -> None:
        self._view.add_role(Role.SYSTEM)

    def _on_add_user(self) -> None:
        self._view.add_role(Role.USER)

    def _on_add_assistant(self) -> None:
        self._view.add_role(Role.ASSISTANT)

    def _on_add_turn(self) -> None:
        index = self._view.last_index()
        self._view.add_next(index if index >= 0 else len(self._view.rows()) - 1)

    def _on_delete(self) -> None:
        self._view.delete_message(self._view.last_index())

    def _on_move_up(self) -> None:
        self._view.move_message(self._view.last_index(), self._view.last_index() - 1)

    def _on_move_down(self) -> None:
        self._view.move_message(self._view.last_index(), self._view.last_index() + 1)

    def _on_toggle_weight(self) -> None:
        self._view.toggle_weight(self._view.last_index())
