"""One member of a group of like examples, with the words that differ marked."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.check.group_text import GroupText
from finetune_studio.ui.check.groups import GroupMember
from finetune_studio.ui.widgets import Badge, Button, Card, ElidedLabel, Label

_STATUS = {
    ReviewState.DRAFT: ("Draft", "neutral"),
    ReviewState.TO_REVIEW: ("To review", "warning"),
    ReviewState.APPROVED: ("Approved", "success"),
    ReviewState.REJECTED: ("Rejected", "error"),
}


class GroupCard(Card):
    """`keep_requested(id)` wants the others gone; `open_requested(id)`."""

    keep_requested = Signal(object)
    open_requested = Signal(object)

    def __init__(self, member: GroupMember, can_write: bool, parent: QWidget | None = None) -> None:
        super().__init__(spacing=8, margin=16, parent=parent)
        self.member = member
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setMinimumWidth(220)
        self.body.addLayout(self._head())
        self.text = GroupText(member.messages)
        self.body.addWidget(self.text)
        self.body.addStretch(1)
        name = f"{member.rank + 1:,}"
        self.keep = Button(f"Keep {name}")
        self.keep.setToolTip("Delete the other examples of this group")
        self.keep.setEnabled(can_write)
        self.open = Button("Open")
        self.open.setAccessibleName(f"Open example {name}")
        self.keep.clicked.connect(self._on_keep)
        self.open.clicked.connect(self._on_open)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.keep)
        foot.addWidget(self.open)
        foot.addStretch(1)
        self.body.addSpacing(2)
        self.body.addLayout(foot)

    def _head(self) -> QHBoxLayout:
        member = self.member
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Label(f"Example {member.rank + 1:,}", type="strong"))
        head.addWidget(Badge(*_STATUS[member.status]))
        if member.split is not None:
            head.addWidget(Badge(member.split.value.capitalize(), "quiet"))
        corner = member.source if member.similarity is None else alike_text(member.similarity)
        words = ElidedLabel(corner, type="small")
        words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(words, 1)
        return head

    @Slot()
    def _on_keep(self) -> None:
        self.keep_requested.emit(self.member.example_id)

    @Slot()
    def _on_open(self) -> None:
        self.open_requested.emit(self.member.example_id)


def alike_text(similarity: float) -> str:
    """`The same`, or how many of the words two examples share; never 100 % for what is not equal."""
    if similarity >= 1:
        return "The same"
    return f"{min(99, round(similarity * 100))} % alike"
