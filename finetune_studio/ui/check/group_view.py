"""Groups of like examples, two side by side: look, decide, go on."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.check.chart_panel import ChartPanel
from finetune_studio.ui.check.group_card import GroupCard
from finetune_studio.ui.check.group_hints import GroupHints
from finetune_studio.ui.check.groups import ANSWERS, LEAKS, PROMPTS, Group, without_gone
from finetune_studio.ui.check.heading import Heading
from finetune_studio.ui.check.page_facts import RuleFindings
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.widgets import Button, FlowLayout, Label
from finetune_studio.ui.widgets.tab_order import tab_after


class GroupView(QWidget):
    """The page answers `group_wanted(finding, left id, right id)` with `show_group`.

    The wishes to keep name an example; the others mean the group that is shown.
    """

    group_wanted = Signal(object, object, object)
    keep_requested = Signal(object)
    only_requested = Signal(object)
    keep_all_requested = Signal()
    keep_newest_requested = Signal()
    merge_tags_requested = Signal()
    same_split_requested = Signal()
    meant_requested = Signal()
    open_requested = Signal(object)
    current_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: list[Diagnostic] = []
        self._code = ""
        self._at = 0
        self._group: Group | None = None
        self._can_write = True
        self._counts = ""
        self._head = Heading()
        self.title, self.facts = self._head.title, self._head.fact
        self.previous = Button("Previous", tooltip="Previous group (K)", parent=self)
        self.next = Button("Next", tooltip="Next group (J)", parent=self)
        self.keep_all = Button("Keep both", tooltip="Set this group aside: it was looked at (B)")
        self.merge_tags = Button("Merge tags", tooltip="Give both the tags of both (T)")
        self.same_split = Button("Same split", tooltip="Put both in the split of the left one (S)")
        self.meant = Button("Mark as meant…", tooltip="Set this group aside, with a reason (M)")
        self.keep_newest = Button(
            "Keep the newest in every group", tooltip="Delete all but the one added last (Shift+N)"
        )
        self.hints = GroupHints()
        self._cards = QHBoxLayout()
        self._cards.setSpacing(12)
        self._scroll = SteadyColumn(spacing=12, parent=self)
        self._scroll.set_reachable("Examples of this group", flush=True)
        self._more = Label(type="small")
        self.answers = ChartPanel("Tokens of the last answer", parent=self._scroll.widget())
        self.answers.setMinimumHeight(230)
        self.answers.setMaximumHeight(280)
        self._lay_out()
        self.previous.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.keep_all.clicked.connect(self.keep_all_requested)
        self.merge_tags.clicked.connect(self.merge_tags_requested)
        self.same_split.clicked.connect(self.same_split_requested)
        self.meant.clicked.connect(self.meant_requested)
        self.keep_newest.clicked.connect(self.keep_newest_requested)

    def _lay_out(self) -> None:
        self._head.add_buttons(self.previous, self.next)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        decisions = FlowLayout(spacing=8, line_spacing=8)
        for button in (self.keep_all, self.same_split, self.merge_tags, self.meant):
            decisions.addWidget(button)
        foot.addLayout(decisions, 1)
        foot.addWidget(self.keep_newest, 0, Qt.AlignmentFlag.AlignTop)
        keys = QHBoxLayout()
        keys.setContentsMargins(0, 0, SCROLL_BAR, 0)
        keys.addWidget(self.hints, 1)
        body = self._scroll.body
        body.addLayout(self._cards)
        body.addWidget(self._more)
        body.addLayout(foot)
        body.addSpacing(4)
        body.addWidget(self.answers)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(self._head)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(keys)

    def set_writable(self, can_write: bool) -> None:
        """A dataset that is open for reading only offers no changes."""
        self._can_write = can_write
        for button in (self.keep_all, self.meant, self.same_split, self.keep_newest):
            button.setEnabled(can_write)

    def show_findings(self, name: str, rule: RuleFindings, is_trial: bool = False) -> None:
        """Show a rule's groups; the place in the list is kept, so that a decision leads to the next group.

        While options are tried nothing else changes: a group that stays what it is is not read again.
        """
        before = self.current()
        self.title.setText(name)
        self._code = rule.code
        self._counts = rule.text
        self._take(rule.found, before)
        self.keep_all.setText("Keep both")
        self.same_split.setVisible(rule.code == LEAKS)
        self.merge_tags.setVisible(rule.code != PROMPTS)
        if is_trial and self.group() is not None:
            self._show_place()
        else:
            self._want()

    def leave(self, gone: Sequence[int] = ()) -> None:
        """A decision was made: examples go, or (without any) the group; the next one is shown at once, before
        the checks have caught up."""
        current = self.current()
        if current is None:
            return
        ids = set(gone)
        left = [one for one in self._found if one is not current] if not ids else self._found
        left = without_gone(left, lambda example_id: example_id not in ids) if ids else left
        if left:
            self._take(left, current)
            self._want()

    def _take(self, found: Sequence[Diagnostic], before: Diagnostic | None) -> None:
        self._found = list(found)
        if before is not None:
            key = _key(before)
            self._at = next((n for n, one in enumerate(found) if _key(one) == key), self._at)
        self._at = min(self._at, max(0, len(found) - 1))
        self.keep_newest.setVisible(len(found) > 1 and self._code not in (PROMPTS, ANSWERS))

    def show_first(self) -> None:
        """Begin with the first group: another rule is shown."""
        self._at = 0
        self._found = []
        self._group = None

    def findings(self) -> list[Diagnostic]:
        return self._found

    def current(self) -> Diagnostic | None:
        """The finding that the group belongs to."""
        return self._found[self._at] if self._at < len(self._found) else None

    def group(self) -> Group | None:
        """What is shown; None while the group that was gone to is not read yet."""
        group, current = self._group, self.current()
        return group if group is not None and current is not None and group.finding == current else None

    def cards(self) -> list[GroupCard]:
        """The members that are shown, the left one first."""
        items = map(self._cards.itemAt, range(self._cards.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, GroupCard)]

    def go_to(self, at: int) -> bool:
        """Show another group; False when there is none."""
        if not 0 <= at < len(self._found):
            return False
        self._at = at
        self._want()
        return True

    @property
    def at(self) -> int:
        return self._at

    def show_other(self, is_left: bool) -> None:
        """Show the member that follows the one at a side, but for the one at the other side."""
        group = self.group()
        if group is None or len(group.choices) < 3:
            return
        ids = [choice.example_id for choice in group.choices]
        own, other = (group.left, group.right) if is_left else (group.right, group.left)
        at = ids.index(own) if own in ids else -1
        turned = [*ids[at + 1 :], *ids[: at + 1]]
        wanted = next(each for each in turned if each != other)
        self._show_pair(wanted if is_left else other, other if is_left else wanted)

    def show_group(self, group: Group) -> None:
        """Show the members that were read."""
        current = self.current()
        if current is None or current != group.finding:
            return
        same = self._group is not None and self._group.finding.location == group.finding.location
        self._group = group
        if self._has_cards_of(group):
            for card in self.cards():
                card.set_choices(group.choices)
        else:
            self._make_cards(group)
        self._show_buttons(group)
        if not same:
            self._scroll.verticalScrollBar().setValue(0)
        self.current_changed.emit()

    def _has_cards_of(self, group: Group) -> bool:
        """Whether the two that are shown stay, as when others join their group."""
        cards = self.cards()
        if group.counts or len(cards) != len(group.members):
            return False
        return all(card.shows(own, group.choices) for card, own in zip(cards, group.members, strict=True))

    def _make_cards(self, group: Group) -> None:
        for card in self.cards():
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        before: QWidget = self.next
        for number, member in enumerate(group.members):
            count = group.counts[number] if group.counts else None
            side = "right" if number else "left"
            card = GroupCard(member, side, group.choices, count, self._can_write, self)
            card.keep_requested.connect(self.keep_requested)
            card.only_requested.connect(self.only_requested)
            card.open_requested.connect(self.open_requested)
            card.other_requested.connect(self._on_other_requested)
            self._cards.addWidget(card, 1)
            before = tab_after(before, card)

    def _show_buttons(self, group: Group) -> None:
        hidden = len(group.ids) - len(group.choices)
        self._more.setText(f"{hidden:,} more examples are in this group.")
        self._more.setVisible(bool(group.choices) and hidden > 0)
        many = len(group.ids) if group.choices else len(group.members)
        self.keep_all.setText("Keep both" if many <= 2 else f"Keep all {many:,}")
        self.merge_tags.setEnabled(self._can_write and any(member.new_tags for member in group.members))
        self.hints.show_keys(self._code, many)

    def _show_pair(self, left: int | None, right: int | None) -> None:
        current = self.current()
        if current is not None:
            self.group_wanted.emit(current, left, right)

    def _show_place(self) -> None:
        where = f". Group {self._at + 1:,} of {len(self._found):,}" if self._found else ""
        self.facts.setText(self._counts + where)
        self.previous.setEnabled(self._at > 0)
        self.next.setEnabled(self._at + 1 < len(self._found))

    def _want(self) -> None:
        self._show_place()
        current, group = self.current(), self._group
        if current is not None:
            same = group is not None and _key(group.finding) == _key(current)
            left, right = (group.left, group.right) if same and group is not None else (None, None)
            self.group_wanted.emit(current, left, right)
        self.current_changed.emit()

    @Slot()
    def go_back(self) -> None:
        """Show the group before."""
        self.go_to(self._at - 1)

    @Slot()
    def go_on(self) -> None:
        """Show the next group."""
        self.go_to(self._at + 1)

    @Slot(object)
    def _on_other_requested(self, example_id: int) -> None:
        """The member chosen comes to this side; if it is at the other one, the two change places."""
        group = self.group()
        if group is None:
            return
        card = self.sender()
        is_left = isinstance(card, GroupCard) and card.member.example_id == group.left
        own, other = (group.left, group.right) if is_left else (group.right, group.left)
        if example_id == other:
            other = own
        self._show_pair(example_id if is_left else other, other if is_left else example_id)


def _key(finding: Diagnostic) -> tuple[int | None, object]:
    """What a group is known by though its members change: its first example, and of prompts the variant."""
    return finding.location.example, finding.arguments.get("variant")
