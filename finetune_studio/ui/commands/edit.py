"""Commands of the Edit menu: the dataset's history and finding."""

from finetune_studio.ui.commands.spec import CommandSpec

COMMANDS = (
    CommandSpec("edit.undo", "Undo", "Ctrl+Z", "undo-2", when=("dataset",), menu="Edit"),
    CommandSpec("edit.redo", "Redo", "Ctrl+Shift+Z Ctrl+Y", "redo-2", when=("dataset",), menu="Edit"),
    CommandSpec(
        "edit.history", "History…", "Ctrl+Alt+Z", "history", when=("dataset", "page.write"), menu="Edit"
    ),
    CommandSpec(
        "edit.find", "Find", "Ctrl+F", "search", when=("dataset",), menu="Edit", separator_before=True
    ),
    CommandSpec(
        "edit.replace", "Find and replace…", "Ctrl+H", "search", when=("dataset", "page.write"), menu="Edit"
    ),
)
