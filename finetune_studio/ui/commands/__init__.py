"""Commands: one table for menus, keys and the palette."""

from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.ui.commands.spec import CommandSpec
from finetune_studio.ui.commands.table import ALL_COMMANDS

__all__ = ["ALL_COMMANDS", "CommandRegistry", "CommandSpec"]
