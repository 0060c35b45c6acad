"""Decisions about groups: what each of the keys does. Each is one undo step."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.diagnostic import Diagnostic, Location
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.ui.check.check_deeds import CheckDeeds
from finetune_studio.ui.check.group_view import GroupView
from finetune_studio.ui.check.groups import LEAKS, PROMPTS, Group, newest_kept
from finetune_studio.ui.check.middle import Middle
from finetune_studio.ui.commands.registry import CommandRegistry
from finetune_studio.workspace.operations import groups, options, prompts
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

LOOKED_AT = "Looked at and kept"
"""The reason that is noted when a group is kept as it is."""


class GroupDeeds(QObject):
    """Belongs to the page; reads the group that is shown, and tells the view to go on."""

    def __init__(self, workspace: "Workspace", deeds: CheckDeeds, middle: Middle, parent: QObject) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._deeds = deeds
        self._middle = middle
        middle.made.connect(self._on_made)

    @property
    def _view(self) -> GroupView:
        return self._middle.groups

    @Slot(object)
    def _on_made(self, view: object) -> None:
        if not isinstance(view, GroupView):
            return
        view.keep_requested.connect(self.keep)
        view.only_requested.connect(self.keep_only)
        view.keep_all_requested.connect(self.keep_both)
        view.keep_newest_requested.connect(self.keep_newest)
        view.merge_tags_requested.connect(self.merge_tags)
        view.same_split_requested.connect(self.same_split)
        view.meant_requested.connect(self.mark_as_meant)

    def register(self, commands: CommandRegistry) -> None:
        """The page is in front: do its commands."""
        for name, handler in (
            ("next", self.go_on),
            ("previous", self.go_back),
            ("keep_left", self.keep_left),
            ("keep_right", self.keep_right),
            ("keep_both", self.keep_both),
            ("merge_tags", self.merge_tags),
            ("same_split", self.same_split),
            ("meant", self.mark_as_meant),
            ("keep_newest", self.keep_newest),
            ("other_left", self.show_other_left),
            ("other_right", self.show_other_right),
        ):
            commands.register(f"group.{name}", handler)

    def update_commands(self, commands: CommandRegistry) -> None:
        """Offer the decisions that the group in front allows."""
        view = self._middle.currentWidget()
        group = view.group() if isinstance(view, GroupView) else None
        commands.set_flag("group", group is not None)
        if not isinstance(view, GroupView):
            return
        code = group.finding.code if group is not None else ""
        many = group is not None and len(group.choices) > 2
        for name, can in (
            ("next", view.next.isEnabled()),
            ("previous", view.previous.isEnabled()),
            ("merge_tags", view.merge_tags.isEnabled() and code != PROMPTS),
            ("same_split", code == LEAKS),
            ("keep_newest", not view.keep_newest.isHidden()),
            ("other_left", many),
            ("other_right", many),
        ):
            commands.set_enabled(f"group.{name}", can)

    @Slot()
    def go_on(self) -> None:
        self._view.go_on()

    @Slot()
    def go_back(self) -> None:
        self._view.go_back()

    @Slot()
    def keep_left(self) -> None:
        group = self._view.group()
        if group is not None and group.left is not None:
            self.keep(group.left)

    @Slot()
    def keep_right(self) -> None:
        group = self._view.group()
        if group is not None and group.right is not None:
            self.keep(group.right)

    @Slot(object)
    def keep(self, example_id: int) -> None:
        """Delete the other one of the two that are shown; of two prompts, use this one for both."""
        group = self._view.group()
        if group is None:
            return
        if group.finding.code == PROMPTS:
            self._use_prompt(group, is_left=example_id == group.left)
            return
        others = [member.example_id for member in group.members if member.example_id != example_id]
        self._view.leave(others)
        self._deeds.delete(others)

    @Slot(object)
    def keep_only(self, example_id: int) -> None:
        """Delete all other members of the group, those that are not shown too."""
        group = self._view.group()
        if group is not None:
            others = [each for each in group.ids if each != example_id]
            self._view.leave(others)
            self._deeds.delete(others)

    @Slot()
    def keep_both(self) -> None:
        """Set the group aside: it was looked at."""
        group = self._view.group()
        if group is not None:
            self._view.leave()
            self._deeds.perform(
                options.suppress_each, _findings_of(group), LOOKED_AT, told="Kept as they are"
            )

    @Slot()
    def mark_as_meant(self) -> None:
        """Set the group aside, with a reason that the person writes."""
        group = self._view.group()
        if group is not None:
            self._deeds.ask_reason(group.finding, _findings_of(group))

    @Slot()
    def merge_tags(self) -> None:
        """Give each of the two the tags of both."""
        group = self._view.group()
        if group is not None and any(member.new_tags for member in group.members):
            ids = [member.example_id for member in group.members]
            self._workspace.perform(
                groups.merge_tags, ids, done=self._on_merged, failed=self._deeds.on_failed
            )

    def _on_merged(self, changes: Changes) -> None:
        if changes:
            self._deeds.notice("Both have the tags of both")

    @Slot()
    def same_split(self) -> None:
        """Put all members into the split of the left one."""
        group = self._view.group()
        if group is not None and group.finding.code == LEAKS and group.left is not None:
            self._view.leave()
            told = f"{counted(len(group.ids), 'example')} in one split"
            self._deeds.perform(groups.join_split, list(group.ids), group.left, told=told)

    @Slot()
    def keep_newest(self) -> None:
        """Delete all but the member added last, in every group."""
        if self._view.keep_newest.isVisible():
            self._deeds.delete(newest_kept(self._view.findings()))

    @Slot()
    def show_other_left(self) -> None:
        self._view.show_other(is_left=True)

    @Slot()
    def show_other_right(self) -> None:
        self._view.show_other(is_left=False)

    def _use_prompt(self, group: Group, *, is_left: bool) -> None:
        """The frequent prompt for all that have the variant, or the other way round."""
        self._view.leave()
        self._workspace.perform(
            _use_prompt,
            group,
            is_left,
            done=self._on_prompt_used,
            failed=self._deeds.on_failed,
            title="Set the system prompt",
            visible=True,
        )

    def _on_prompt_used(self, changes: Changes) -> None:
        self._deeds.notice(f"System prompt of {counted(len(changes.example_ids), 'example')} set")


def _findings_of(group: Group) -> list[Diagnostic]:
    """What to set aside: the group's finding; of a variant of a prompt, that of each example that has it."""
    finding = group.finding
    if finding.code != PROMPTS:
        return [finding]
    return [replace(finding, location=Location(each), related=()) for each in group.ids[1:]]


def _use_prompt(workspace: "Workspace", group: Group, is_left: bool) -> Changes:
    """One of two prompts for the examples that have the other; on the store thread."""
    main, variant = (_prompt_of(workspace, each) for each in group.ids[:2])
    if is_left:
        return prompts.set_system_prompt(workspace, IdSet.of(group.ids[1:]), main).changes
    ids = [each for chunk in workspace.store.ids() for each in chunk]
    having = [
        row.id
        for start in range(0, len(ids), 2000)
        for row in workspace.store.rows(ids[start : start + 2000])
        if _prompt_in(row.body) == main
    ]
    return prompts.set_system_prompt(workspace, IdSet.of(having), variant).changes


def _prompt_of(workspace: "Workspace", example_id: int) -> str:
    return _prompt_in(workspace.store.row(example_id).body)


def _prompt_in(body: bytes) -> str:
    view = ExampleView(0, body, loads(body))
    first = view.messages[0] if view.messages else None
    return "\n".join(text for _, text in first.all_texts()) if first is not None else ""
