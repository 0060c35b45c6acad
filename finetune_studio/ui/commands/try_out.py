"""Commands of the Try page."""

from finetune_studio.ui.commands.spec import CommandSpec

_PAGE = ("dataset", "page.try")

COMMANDS = (
    CommandSpec("try.ask", "Send the question", "", "send", when=_PAGE, menu="Try"),
    CommandSpec("try.clear", "Start over", "", "rotate-ccw", when=_PAGE, menu="Try"),
)
