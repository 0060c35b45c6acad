"""Commands that let a chat model draft."""

from finetune_studio.ui.commands.spec import CommandSpec

_ON_EXAMPLE = ("dataset", "writable", "page.write", "example")
_MENU = "Example/Draft"

COMMANDS = (
    CommandSpec(
        "draft.reply",
        "Draft a reply",
        "Ctrl+Shift+D",
        "wand-sparkles",
        when=_ON_EXAMPLE,
        menu=_MENU,
        separator_before=True,
    ),
    CommandSpec("draft.reword", "Draft other words for the message", "", when=_ON_EXAMPLE, menu=_MENU),
    CommandSpec("draft.shorten", "Draft a shorter message", "", when=_ON_EXAMPLE, menu=_MENU),
    CommandSpec("draft.more", "Draft more examples like this…", "", "sparkles", when=_ON_EXAMPLE, menu=_MENU),
    CommandSpec(
        "draft.model",
        "Choose the model that drafts…",
        "",
        when=("dataset", "writable", "page.write"),
        menu=_MENU,
        separator_before=True,
    ),
)
