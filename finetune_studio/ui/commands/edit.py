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
        "edit.find_here",
        "Find in this example",
        "Ctrl+Shift+F",
        "text-search",
        when=("dataset", "page.write", "example"),
        menu="Edit",
    ),
    CommandSpec(
        "edit.find_next",
        "Next hit in this example",
        "F3",
        "arrow-down",
        when=("dataset", "page.write", "example"),
        menu="Edit",
    ),
    CommandSpec(
        "edit.find_previous",
        "Previous hit in this example",
        "Shift+F3",
        "arrow-up",
        when=("dataset", "page.write", "example"),
        menu="Edit",
    ),
    CommandSpec(
        "edit.replace", "Find and replace…", "Ctrl+H", "search", when=("dataset", "page.write"), menu="Edit"
    ),
    CommandSpec(
        "edit.spelling_next",
        "Next misspelt word",
        "F7",
        "spell-check",
        when=("dataset", "page.write", "example"),
        menu="Edit",
        separator_before=True,
    ),
    CommandSpec(
        "edit.spelling",
        "Spelling: language and words…",
        "",
        "spell-check",
        when=("dataset", "page.write"),
        menu="Edit",
    ),
)
