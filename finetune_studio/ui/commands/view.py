"""Commands of the View menu."""

from finetune_studio.ui.commands.spec import CommandSpec

COMMANDS = (
    CommandSpec("view.palette", "Search or run a command", "Ctrl+K", "search", menu="View", palette=False),
    CommandSpec("view.menu", "Main menu", "F10", menu="View", palette=False),
    CommandSpec(
        "view.write",
        "Write",
        "Ctrl+1",
        "pencil",
        when=("dataset",),
        menu="View",
        checkable=True,
        separator_before=True,
    ),
    CommandSpec(
        "view.check", "Check", "Ctrl+2", "list-checks", when=("dataset",), menu="View", checkable=True
    ),
    CommandSpec(
        "view.tune",
        "Fine-tune",
        "Ctrl+3",
        "sliders-horizontal",
        when=("dataset",),
        menu="View",
        checkable=True,
    ),
    CommandSpec(
        "view.try", "Try", "Ctrl+4", "messages-square", when=("dataset",), menu="View", checkable=True
    ),
    CommandSpec(
        "view.theme_system",
        "Theme: as the system",
        "",
        "monitor",
        menu="View/Theme",
        checkable=True,
        separator_before=True,
    ),
    CommandSpec("view.theme_light", "Theme: light", "", "sun", menu="View/Theme", checkable=True),
    CommandSpec("view.theme_dark", "Theme: dark", "", "moon", menu="View/Theme", checkable=True),
    CommandSpec(
        "view.json",
        "Show as JSON",
        "Ctrl+J",
        "braces",
        when=("dataset", "page.write", "example"),
        menu="View",
        checkable=True,
        separator_before=True,
    ),
    CommandSpec("view.full_screen", "Full screen", "F11", menu="View", checkable=True),
)
