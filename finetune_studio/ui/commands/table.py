"""The whole table of commands, in the order of the menus."""

from finetune_studio.ui.commands import (
    check,
    draft,
    edit,
    example,
    file,
    listing,
    review,
    try_out,
    tune,
    view,
)
from finetune_studio.ui.commands import help as help_menu
from finetune_studio.ui.commands.spec import CommandSpec

MENUS = ("File", "Edit", "Example", "Review", "Check", "Fine-tune", "Try", "View", "Help")

ALL_COMMANDS: tuple[CommandSpec, ...] = (
    *file.COMMANDS,
    *edit.COMMANDS,
    *example.COMMANDS,
    *draft.COMMANDS,
    *review.COMMANDS,
    *listing.COMMANDS,
    *check.COMMANDS,
    *tune.COMMANDS,
    *try_out.COMMANDS,
    *view.COMMANDS,
    *help_menu.COMMANDS,
)
