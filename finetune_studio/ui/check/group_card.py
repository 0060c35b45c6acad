"""One of the two members of a group that are shown, with the words marked that the other one lacks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.check.group_text import GroupText
from finetune_studio.ui.check.groups import Choice, GroupMember
from finetune_studio.ui.widgets import Badge, Button, Card, ComboBox, FlowLayout, Label, plain_tooltip

_CORNER = 14
"""Characters of the words in the corner."""
_HEAD = 20
"""The height of a badge."""
_STATUS = {
    ReviewState.DRAFT: ("Draft", "neutral"),
    ReviewState.TO_REVIEW: ("To review", "warning"),
    ReviewState.APPROVED: ("Approved", "success"),
    ReviewState.REJECTED: ("Rejected", "error"),
}


class GroupCard(Card):
    """`keep_requested` wants this one rather than the other one shown, `only_requested(id)` all others of the
    group gone; `other_requested(id)` shows another member here."""

    keep_requested = Signal(object)
    only_requested = Signal(object)
    open_requested = Signal(object)
    other_requested = Signal(object)

    def __init__(
        self,
        member: GroupMember,
        side: str,
        choices: Sequence[Choice] = (),
        prompt_count: int | None = None,
        can_write: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spacing=8, margin=16, parent=parent)
        self.member = member
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setMinimumWidth(220)
        self.setAccessibleName(f"The {side} one: example {member.rank + 1:,}")
        self.picker: ComboBox | None = None
        self._is_prompt = is_prompt = prompt_count is not None
        self.body.addLayout(self._prompt_head(prompt_count) if prompt_count is not None else self._head())
        if len(choices) > 2:
            self.picker = self._picker(side, choices)
            self.body.addWidget(self.picker)
        self.text = GroupText(member.messages)
        self.body.addWidget(self.text)
        self.body.addStretch(1)
        if member.tags and not is_prompt:
            self.body.addLayout(self._tags())
        name = f"{member.rank + 1:,}"
        key = "L" if side == "left" else "R"
        self.keep = Button("Use this prompt" if is_prompt else f"Keep {name}")
        self.keep.setToolTip(
            f"Give the others this system prompt ({key})" if is_prompt else f"Delete the other one ({key})"
        )
        self.keep.setEnabled(can_write)
        self.only = Button("Keep only this")
        self.only.setToolTip("Delete all other examples of this group")
        self.only.setAccessibleName(f"Keep only example {name}")
        self.only.setEnabled(can_write)
        self.only.setParent(self)
        self.only.hide()
        self.open = Button("Open")
        self.open.setAccessibleName(f"Open example {name}")
        self.keep.clicked.connect(self._on_keep)
        self.only.clicked.connect(self._on_only)
        self.open.clicked.connect(self._on_open)
        foot = FlowLayout(spacing=8)
        foot.addWidget(self.keep)
        if len(choices) > 2:
            self.only.show()
            foot.addWidget(self.only)
        foot.addWidget(self.open)
        self.body.addSpacing(2)
        self.body.addLayout(foot)

    def _head(self) -> QHBoxLayout:
        member = self.member
        head = QHBoxLayout()
        head.setSpacing(10)
        names = FlowLayout(spacing=10)
        name = Label(f"Example {member.rank + 1:,}", type="strong")
        name.setMinimumHeight(_HEAD)
        names.addWidget(name)
        names.addWidget(Badge(*_STATUS[member.status]))
        if member.split is not None:
            names.addWidget(Badge(member.split.value.capitalize(), "quiet"))
        head.addLayout(names, 1)
        corner = member.source if member.similarity is None else alike_text(member.similarity)
        words = Label(corner if len(corner) <= _CORNER else f"{corner[: _CORNER - 1]}…", type="small")
        words.setToolTip(plain_tooltip(corner))
        words.setMinimumHeight(_HEAD)
        head.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        return head

    @staticmethod
    def _prompt_head(count: int) -> QHBoxLayout:
        head = QHBoxLayout()
        text = "1 example has it" if count == 1 else f"{count:,} examples have it"
        head.addWidget(Label(text, type="strong"))
        head.addStretch(1)
        return head

    def _tags(self) -> FlowLayout:
        """Those that the other one does not have stand out: merging gives them to both."""
        row = FlowLayout(spacing=6)
        for tag in self.member.tags:
            row.addWidget(Badge(tag, "accent" if tag in self.member.new_tags else "quiet"))
        return row

    def _picker(self, side: str, choices: Sequence[Choice]) -> ComboBox:
        picker = ComboBox(f"Example shown at the {side}")
        self._fill(picker, choices)
        picker.activated.connect(self._on_picked)
        return picker

    def _fill(self, picker: ComboBox, choices: Sequence[Choice]) -> None:
        picker.clear()
        for choice in choices:
            alike = "" if choice.similarity is None else f", {_small(alike_text(choice.similarity))}"
            picker.addItem(f"Example {choice.rank + 1:,}{alike}", choice.example_id)
        picker.setCurrentIndex(picker.findData(self.member.example_id))

    def shows(self, member: GroupMember, choices: Sequence[Choice]) -> bool:
        """Whether this member looks as it does here, but for the others to choose from."""
        has_picker = self.picker is not None
        return not self._is_prompt and member == self.member and (len(choices) > 2) == has_picker

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Take other members to choose from."""
        if self.picker is not None:
            self._fill(self.picker, choices)

    @Slot()
    def _on_keep(self) -> None:
        self.keep_requested.emit(self.member.example_id)

    @Slot()
    def _on_only(self) -> None:
        self.only_requested.emit(self.member.example_id)

    @Slot()
    def _on_open(self) -> None:
        self.open_requested.emit(self.member.example_id)

    @Slot(int)
    def _on_picked(self, _index: int) -> None:
        if self.picker is not None:
            self.other_requested.emit(self.picker.currentData())


def alike_text(similarity: float) -> str:
    """`The same`, or how many of the words two examples share; never 100 % for what is not equal."""
    if similarity >= 1:
        return "The same"
    return f"{min(99, round(similarity * 100))} % alike"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
