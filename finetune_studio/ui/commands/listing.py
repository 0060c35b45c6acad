"""Commands of the list of examples: its order, its groups, the filters that have a name."""

from finetune_studio.ui.commands.spec import CommandSpec

_READ = ("dataset", "page.write")
_WRITE = ("dataset", "writable", "page.write")

SORTS = (
    ("position", "Position"),
    ("tokens", "Tokens"),
    ("findings", "Findings"),
    ("edited", "Last edited"),
    ("status", "State"),
    ("random", "Random"),
)
"""Values of Sort that a person can choose, with their words."""
GROUPINGS = (("none", "No groups"), ("tag", "Tag"), ("prompt", "System prompt"), ("split", "Split"))

COMMANDS = (
    *(
        CommandSpec(
            f"list.sort_{value}",
            f"Sort: {word.lower()}",
            "",
            "arrow-up-down",
            when=_READ,
            menu="Review/Sort",
            checkable=True,
            separator_before=value == "position",
        )
        for value, word in SORTS
    ),
    CommandSpec("list.reverse", "Sort: the other way round", when=_READ, menu="Review/Sort", checkable=True),
    CommandSpec("list.shuffle", "Sort: shuffle again", when=_READ, menu="Review/Sort"),
    *(
        CommandSpec(
            f"list.group_{value}",
            f"Group: {word.lower()}",
            "",
            "layers",
            when=_READ,
            menu="Review/Group",
            checkable=True,
        )
        for value, word in GROUPINGS
    ),
    CommandSpec(
        "list.close_groups", "Close all groups", "", "chevrons-down-up", when=_READ, menu="Review/Group"
    ),
    CommandSpec("list.open_groups", "Open all groups", when=_READ, menu="Review/Group"),
    CommandSpec("list.save_filter", "Save the filter…", "", "bookmark", when=_WRITE, menu="Review"),
    CommandSpec("list.filters", "Saved filters…", "", "bookmark", when=_READ, menu="Review"),
    CommandSpec("list.choose_all", "Choose all that match", "", "list-checks", when=_READ, menu="Review"),
)
