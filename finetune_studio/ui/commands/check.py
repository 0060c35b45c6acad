"""Commands of the checks."""

from finetune_studio.ui.commands.spec import CommandSpec

_DATASET = ("dataset",)
_WRITABLE = ("dataset", "writable")
_ON_GROUP = ("dataset", "page.check", "group")
_DECIDE = (*_ON_GROUP, "writable")

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
    CommandSpec("check.fix_all", "Fix all that is safe to fix…", "", when=_WRITABLE, menu="Check"),
    CommandSpec("check.set_aside", "Set this finding aside…", "", "eye-off", when=_WRITABLE, menu="Check"),
    CommandSpec(
        "check.split",
        "Split the dataset…",
        "",
        "split",
        when=_WRITABLE,
        menu="Check",
        separator_before=True,
    ),
    CommandSpec(
        "group.next", "Next group", "J", "arrow-down", when=_ON_GROUP, menu="Check", separator_before=True
    ),
    CommandSpec("group.previous", "Previous group", "K", "arrow-up", when=_ON_GROUP, menu="Check"),
    CommandSpec("group.keep_left", "Keep the left one", "L", when=_DECIDE, menu="Check"),
    CommandSpec("group.keep_right", "Keep the right one", "R", when=_DECIDE, menu="Check"),
    CommandSpec("group.keep_both", "Keep both", "B", when=_DECIDE, menu="Check"),
    CommandSpec("group.merge_tags", "Merge their tags", "T", "tag", when=_DECIDE, menu="Check"),
    CommandSpec("group.same_split", "Put both in the split of the left one", "S", when=_DECIDE, menu="Check"),
    CommandSpec("group.meant", "Mark the group as meant…", "M", "eye-off", when=_DECIDE, menu="Check"),
    CommandSpec("group.keep_newest", "Keep the newest in every group", "Shift+N", when=_DECIDE, menu="Check"),
    CommandSpec("group.other_left", "Show another one at the left", "Shift+L", when=_ON_GROUP, menu="Check"),
    CommandSpec(
        "group.other_right", "Show another one at the right", "Shift+R", when=_ON_GROUP, menu="Check"
    ),
    CommandSpec(
        "check.report",
        "Write a report…",
        icon="file-output",
        when=_DATASET,
        menu="Check",
        separator_before=True,
    ),
    CommandSpec(
        "check.import_settings",
        "Import settings of the checks…",
        when=(*_WRITABLE, "page.check"),
        menu="Check",
    ),
    CommandSpec(
        "check.export_settings",
        "Export settings of the checks…",
        when=("dataset", "page.check"),
        menu="Check",
    ),
)
