"""Commands of reviewing: single keys that work while no text editor has the focus."""

from finetune_studio.ui.commands.spec import CommandSpec

_READ = ("dataset", "page.write")
_DECIDE = ("dataset", "writable", "page.write", "example")

COMMANDS = (
    CommandSpec("review.next", "Next example", "J", "arrow-down", when=_READ, menu="Review"),
    CommandSpec("review.previous", "Previous example", "K", "arrow-up", when=_READ, menu="Review"),
    CommandSpec(
        "review.approve", "Approve", "A", "check", when=_DECIDE, menu="Review", separator_before=True
    ),
    CommandSpec("review.reject", "Reject", "R", "x", when=_DECIDE, menu="Review"),
    CommandSpec("review.draft", "Mark as draft", "D", "pencil", when=_DECIDE, menu="Review"),
    CommandSpec("review.to_review", "Mark as to review", "U", "eye", when=_DECIDE, menu="Review"),
    CommandSpec(
        "review.edit", "Edit the text", "E", "pencil", when=_DECIDE, menu="Review", separator_before=True
    ),
    CommandSpec("review.tag", "Add a tag", "T", "tag", when=_DECIDE, menu="Review"),
    CommandSpec("review.note", "Write a note", "N", "message-square", when=_DECIDE, menu="Review"),
    CommandSpec("review.author", "Your name for notes…", "", "user", when=("dataset",), menu="Review"),
    CommandSpec(
        "review.bar",
        "Show the review keys",
        "",
        "keyboard",
        when=_READ,
        menu="Review",
        checkable=True,
        separator_before=True,
    ),
)
