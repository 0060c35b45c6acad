"""Commands on an example and its messages."""

from finetune_studio.ui.commands.spec import CommandSpec

_ON_WRITE = ("dataset", "writable", "page.write")
_ON_EXAMPLE = (*_ON_WRITE, "example")

COMMANDS = (
    CommandSpec("example.new", "New example", "Ctrl+N", "plus", when=("dataset", "writable"), menu="Example"),
    CommandSpec(
        "example.from_template",
        "New from a template…",
        "Ctrl+Alt+N",
        "file",
        when=("dataset", "writable", "page.write"),
        menu="Example",
    ),
    CommandSpec("example.duplicate", "Duplicate", "Ctrl+D", "copy", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec("example.delete", "Delete", "Ctrl+Del", "trash-2", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec("example.save_template", "Save as a template…", "", "save", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec("example.move_up", "Move up in the list", "Ctrl+Shift+Up", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec(
        "example.move_down", "Move down in the list", "Ctrl+Shift+Down", when=_ON_EXAMPLE, menu="Example"
    ),
    CommandSpec(
        "message.add_user",
        "Add a user message",
        "Ctrl+Shift+U",
        "user",
        when=_ON_EXAMPLE,
        menu="Example",
        separator_before=True,
    ),
    CommandSpec(
        "message.add_assistant",
        "Add an assistant message",
        "Ctrl+Shift+A",
        "bot",
        when=_ON_EXAMPLE,
        menu="Example",
    ),
    CommandSpec("message.add_turn", "Add the next turn", "Ctrl+Return", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec(
        "message.paste",
        "Paste as messages…",
        "Ctrl+Shift+V",
        "clipboard-paste",
        when=_ON_WRITE,
        menu="Example",
    ),
    CommandSpec(
        "message.copy_all",
        "Copy the conversation as text",
        "Ctrl+Shift+C",
        "copy",
        when=("dataset", "page.write", "example"),
        menu="Example",
    ),
    CommandSpec("message.add_system", "Add a system message", "", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec("message.add_tool", "Add a tool call", "", "wrench", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec(
        "message.move_up",
        "Move the message up",
        "Alt+Up",
        "arrow-up",
        when=_ON_EXAMPLE,
        menu="Example",
        separator_before=True,
    ),
    CommandSpec(
        "message.move_down",
        "Move the message down",
        "Alt+Down",
        "arrow-down",
        when=_ON_EXAMPLE,
        menu="Example",
    ),
    CommandSpec(
        "message.toggle_weight",
        "Train on this message or not",
        "Ctrl+Shift+W",
        when=_ON_EXAMPLE,
        menu="Example",
    ),
    CommandSpec(
        "message.delete", "Delete the message", "Ctrl+Shift+Del", "trash-2", when=_ON_EXAMPLE, menu="Example"
    ),
    CommandSpec(
        "example.system_prompt",
        "Set the system prompt…",
        "",
        "pencil",
        when=_ON_EXAMPLE,
        menu="Example",
        separator_before=True,
    ),
    CommandSpec(
        "example.dataset_prompt",
        "System prompt of the dataset…",
        "Ctrl+Alt+P",
        "sliders-horizontal",
        when=_ON_WRITE,
        menu="Example",
    ),
    CommandSpec(
        "example.follow_prompt",
        "Follow the dataset prompt",
        "",
        "rotate-ccw",
        when=_ON_EXAMPLE,
        menu="Example",
    ),
    CommandSpec("example.train_last", "Train only the last answer", "", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec("example.train_all", "Train all answers", "", when=_ON_EXAMPLE, menu="Example"),
    CommandSpec(
        "example.earlier",
        "Earlier texts…",
        "",
        "history",
        when=("dataset", "page.write", "example"),
        menu="Example",
    ),
    CommandSpec("example.retype", "Change a role…", "", "user", when=_ON_EXAMPLE, menu="Example"),
)
