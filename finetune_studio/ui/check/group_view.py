"""Groups of like examples side by side: look, decide, go on."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.check.group_card import GroupCard
from finetune_studio.ui.check.groups import Group
from finetune_studio.ui.check.page_facts import RuleFindings
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.check.sizes import HEAD, SCROLL_BAR
from finetune_studio.ui.widgets import Button, ElidedLabel, Label

COLUMN = 250
"""Least width of a card for one more column."""


class GroupView(QWidget):
    """The page answers `group_wanted(finding)` with `show_group`."""

    group_wanted = Signal(object)
    keep_requested = Signal(object)
    keep_all_requested = Signal()
    keep_newest_requested = Signal()
    open_requested = Signal(object)
    current_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: list[Diagnostic] = []
        self._at = 0
        self._group: Group | None = None
        self._columns = 0
        self._can_write = True
        self._counts = ""
        self.title = Label(type="title")
        self.facts = ElidedLabel(type="secondary")
        self.previous = Button("Previous", tooltip="Previous group (Shift+F8)")
        self.next = Button("Next", tooltip="Next group (F8)")
        self.keep_all = Button("Keep both", tooltip="Set this group aside: it is meant")
        self.keep_newest = Button("Keep the newest in every group")
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        self._scroll = SteadyColumn(spacing=12)
        self._more = Label(type="small")
        self.chart_room = QVBoxLayout()
        self._lay_out()
        self.previous.clicked.connect(self._on_previous)
        self.next.clicked.connect(self._on_next)
        self.keep_all.clicked.connect(self.keep_all_requested)
        self.keep_newest.clicked.connect(self.keep_newest_requested)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addStrut(HEAD)
        head.setContentsMargins(0, 0, SCROLL_BAR, 0)
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addSpacing(8)
        head.addWidget(self.facts, 1)
        head.addWidget(self.previous)
        head.addWidget(self.next)
        foot = QHBoxLayout()
        foot.addWidget(self.keep_all)
        foot.addStretch(1)
        foot.addWidget(self.keep_newest)
        body = self._scroll.body
        body.addLayout(self._grid)
        body.addWidget(self._more)
        body.addLayout(foot)
        body.addSpacing(4)
        body.addLayout(self.chart_room)
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)

    def set_writable(self, can_write: bool) -> None:
        """A dataset that is open for reading only offers no changes."""
        self._can_write = can_write
        self.keep_all.setEnabled(can_write)
        self.keep_newest.setEnabled(can_write)

    def show_findings(self, name: str, rule: RuleFindings) -> None:
        """Show a rule's groups; the place in the list is kept, so that a decision leads to the next group."""
        before = self.current()
        self.title.setText(name)
        found = rule.found
        self._found = found
        self._counts = rule.text
        if before is not None:
            first = before.location.example
            self._at = next((n for n, one in enumerate(found) if one.location.example == first), self._at)
        self._at = min(self._at, max(0, len(found) - 1))
        self.keep_newest.setVisible(len(found) > 1)
        self._want()

    def show_first(self) -> None:
        """Begin with the first group: another rule is shown."""
        self._at = 0
        self._found = []

    def findings(self) -> list[Diagnostic]:
        return self._found

    def current(self) -> Diagnostic | None:
        """The finding that the group belongs to."""
        return self._found[self._at] if self._at < len(self._found) else None

    def group(self) -> Group | None:
        """What is shown."""
        return self._group

    def cards(self) -> list[GroupCard]:
        """The members that are shown, in order."""
        items = map(self._grid.itemAt, range(self._grid.count()))
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

    def show_group(self, group: Group) -> None:
        """Show the members that were read."""
        current = self.current()
        if current is None or current.location != group.finding.location:
            return
        same = self._group is not None and self._group.finding.location == group.finding.location
        self._group = group
        for card in self.cards():
            card.hide()
            card.setParent(None)
            card.deleteLater()
        for member in group.members:
            card = GroupCard(member, self._can_write, self)
            card.keep_requested.connect(self.keep_requested)
            card.open_requested.connect(self.open_requested)
            self._grid.addWidget(card)
        self._columns = 0
        self._arrange()
        hidden = len(group.ids) - len(group.members)
        self._more.setText(f"{hidden:,} more examples are in this group.")
        self._more.setVisible(hidden > 0)
        self.keep_all.setText("Keep both" if len(group.ids) == 2 else f"Keep all {len(group.ids):,}")
        if not same:
            self._scroll.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: object) -> None:
        self._arrange()

    def _want(self) -> None:
        where = f". Group {self._at + 1:,} of {len(self._found):,}" if self._found else ""
        self.facts.setText(self._counts + where)
        self.previous.setEnabled(self._at > 0)
        self.next.setEnabled(self._at + 1 < len(self._found))
        current = self.current()
        if current is not None:
            self.group_wanted.emit(current)
        self.current_changed.emit()

    def _arrange(self) -> None:
        """As many cards in a row as there is room for."""
        cards = self.cards()
        if not cards:
            return
        room = max(1, (self.width() - SCROLL_BAR + 12) // (COLUMN + 12))
        columns = max(1, min(len(cards), room, 3))
        if columns == self._columns:
            return
        self._columns = columns
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        for card in cards:
            self._grid.removeWidget(card)
        for number, card in enumerate(cards):
            self._grid.addWidget(card, number // columns, number % columns, Qt.AlignmentFlag(0))
        for place in range(columns):
            self._grid.setColumnStretch(place, 1)

    @Slot()
    def _on_previous(self) -> None:
        self.go_to(self._at - 1)

    @Slot()
    def _on_next(self) -> None:
        self.go_to(self._at + 1)
