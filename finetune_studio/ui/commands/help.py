"""Commands of the Help menu."""

from finetune_studio.ui.commands.spec import CommandSpec

COMMANDS = (
    CommandSpec("help.guide", "Guide", "F1", "book-open", menu="Help"),
    CommandSpec("help.rules", "All rules of the checks", "", "list-checks", menu="Help"),
    CommandSpec("help.keys", "All keys", "Ctrl+/", "keyboard", menu="Help"),
    CommandSpec("help.about", "About Finetune Studio", "", "info", menu="Help", separator_before=True),
)
