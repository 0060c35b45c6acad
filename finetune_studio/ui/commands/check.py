"""Commands of the checks."""

from finetune_studio.ui.commands.spec import CommandSpec

_DATASET = ("dataset",)
_WRITABLE = ("dataset", "writable")

COMMANDS = (
    CommandSpec("check.run", "Check everything again", "F5", "refresh-cw", when=_DATASET, menu="Check"),
    CommandSpec(
        "check.next_finding",
        "Next finding",
        "F8",
        "arrow-down",
        when=_DATASET,
        menu="Check",
        separator_before=True,
    ),
    CommandSpec(
        "check.previous_finding", "Previous finding", "Shift+F8", "arrow-up", when=_DATASET, menu="Check"
    ),
    CommandSpec("check.fix", "Fix this finding", "Ctrl+.", "wand-sparkles", when=_WRITABLE, menu="Check"),
    CommandSpec("check.fix_all", "Fix all that is safe to fix", "", when=_WRITABLE, menu="Check"),
    CommandSpec("check.set_aside", "Set this finding aside…", "", "eye-off", when=_WRITABLE, menu="Check"),
)
