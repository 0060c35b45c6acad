"""The findings of the open example, each with what can be done about it."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Applicability, Diagnostic
from finetune_studio.lint.registry import rule_by_code
from finetune_studio.ui.widgets import (
    Button,
    Card,
    CodeBadge,
    FlowLayout,
    IconButton,
    Label,
    LineHeightLabel,
    SectionLabel,
    StudioLineEdit,
)

_HEAD = 28
"""Height of the buttons in the first line of a card; what is beside them stands in their middle."""
_MAX_CARDS = 40
"""Findings shown of one example; nobody reads more in a side panel."""


class FindingCard(Card):
    """One finding; its buttons say what they do in signals with the Diagnostic."""

    show_requested = Signal(object)
    fix_requested = Signal(object)
    fix_all_requested = Signal(object)
    set_aside_requested = Signal(object, object)
    example_requested = Signal(int)
    help_requested = Signal(object)

    def __init__(
        self,
        diagnostic: Diagnostic,
        n_of_rule: int,
        related: int | None,
        related_rank: int | None,
        writable: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spacing=6, margin=12, parent=parent)
        self.diagnostic = diagnostic
        self._related = related
        self._add_head()
        self.message = LineHeightLabel(diagnostic.message, type="secondary")
        self.body.addWidget(self.message)
        self._actions = QWidget()
        flow = FlowLayout(self._actions, spacing=14, line_spacing=4)
        self.buttons: dict[str, Button] = {}
        for key, text in self._offers(n_of_rule, related_rank, writable):
            button = Button(text, kind="link")
            button.setProperty("offer", key)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._on_button_clicked)
            self.buttons[key] = button
            flow.addWidget(button)
        self.body.addWidget(self._actions)
        self._reason: StudioLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{diagnostic.severity.value}: {diagnostic.message}")
        if diagnostic.location.message_index is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _add_head(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        badge = CodeBadge(self.diagnostic.code, self.diagnostic.severity.value)
        name = LineHeightLabel(rule_name(self.diagnostic.code), type="strong")
        for part, height in ((badge, badge.sizeHint().height()), (name, name.minimumSizeHint().height())):
            holder = QVBoxLayout()
            holder.setContentsMargins(0, max(0, _HEAD - height) // 2, 0, 0)
            holder.addWidget(part)
            holder.addStretch(1)
            head.addLayout(holder, int(part is name))
        self.explain = IconButton("circle-question-mark", f"Explain {self.diagnostic.code}")
        self.explain.clicked.connect(self._on_explain_clicked)
        head.addWidget(self.explain, 0, top)
        self.body.addLayout(head)

    def _offers(self, n_of_rule: int, related_rank: int | None, writable: bool) -> list[tuple[str, str]]:
        fix = self.diagnostic.fix
        offers = []
        if writable and fix is not None and fix.edits and fix.applicability != Applicability.DISPLAY_ONLY:
            offers.append(("fix", "Fix"))
            if fix.applicability is Applicability.SAFE and n_of_rule > 1:
                offers.append(("fix_all", f"Fix all {n_of_rule:,}"))
        if self._related is not None:
            number = "the other one" if related_rank is None else f"example {related_rank + 1:,}"
            offers.append(("related", f"Open {number}"))
        if self.diagnostic.location.message_index is not None:
            offers.append(("show", "Show"))
        if writable:
            offers.append(("set_aside", "Set aside"))
        return offers

    @Slot()
    def _on_button_clicked(self) -> None:
        key = str(self.sender().property("offer"))
        if key == "set_aside":
            self.ask_reason()
        elif key == "related" and self._related is not None:
            self.example_requested.emit(self._related)
        else:
            signals = {
                "fix": self.fix_requested,
                "fix_all": self.fix_all_requested,
                "show": self.show_requested,
            }
            signals[key].emit(self.diagnostic)

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.help_requested.emit(self.diagnostic)

    def ask_reason(self) -> None:
        """A line for the reason, in the place of the buttons; Return sets the finding aside."""
        if self._reason is None:
            self._reason = StudioLineEdit(placeholder="Why? Then press Return")
            self._reason.setAccessibleName("Reason for setting it aside")
            self._reason.returnPressed.connect(self._on_reason_return_pressed)
            self.body.addWidget(self._reason)
        self._actions.hide()
        self._reason.show()
        self._reason.setFocus()

    @Slot()
    def _on_reason_return_pressed(self) -> None:
        if self._reason is not None:
            self.set_aside_requested.emit(self.diagnostic, self._reason.text())

    @property
    def is_asking(self) -> bool:
        return self._reason is not None and not self._reason.isHidden()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus():
            self.show_requested.emit(self.diagnostic)
        elif event.key() == Qt.Key.Key_Escape and self.is_asking and self._reason is not None:
            self._reason.hide()
            self._actions.show()
            self.setFocus()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.show_requested.emit(self.diagnostic)


class FindingsSection(QWidget):
    """Cards of the findings; the same ones are kept as they are, so that nothing flickers while typing.

    `focus_lost`: the card that had the focus is gone.
    """

    focus_lost = Signal()
    show_requested = Signal(object)
    fix_requested = Signal(object)
    fix_all_requested = Signal(object)
    set_aside_requested = Signal(object, object)
    example_requested = Signal(int)
    help_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.heading = SectionLabel("Findings")
        self.nothing = LineHeightLabel("Nothing found in this example.", type="secondary")
        self.more = Label(type="small")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(self.nothing)
        column.addLayout(self._cards)
        column.addWidget(self.more)
        self._shown: object = None
        self.cards: list[FindingCard] = []
        self.more.hide()

    def show_findings(
        self,
        found: Sequence[Diagnostic],
        counts: Mapping[str, int],
        ranks: Mapping[int, int],
        writable: bool,
        shown_id: int | None = None,
    ) -> None:
        """`counts` are findings by rule, dataset-wide; `ranks` are of other examples than the shown one."""
        shown = tuple((each, counts.get(each.code, 0)) for each in found)
        key = (shown, tuple(sorted(ranks.items())), writable, shown_id)
        if key == self._shown or any(card.is_asking and card.diagnostic in found for card in self.cards):
            return
        self._shown = key
        focus = QApplication.focusWidget()
        had_focus = focus is not None and any(card.isAncestorOf(focus) for card in self.cards)
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = []
        for diagnostic in found[:_MAX_CARDS]:
            other = _other_member(diagnostic, shown_id)
            rank = ranks.get(-1 if other is None else other)
            card = FindingCard(diagnostic, counts.get(diagnostic.code, 0), other, rank, writable)
            self._connect(card)
            self._cards.addWidget(card)
            self.cards.append(card)
        if had_focus:
            self.focus_lost.emit()
        self.heading.set_count(len(found) or None)
        self.nothing.setVisible(not found)
        self.more.setVisible(len(found) > _MAX_CARDS)
        self.more.setText(f"and {len(found) - _MAX_CARDS:,} more")

    def _connect(self, card: FindingCard) -> None:
        card.show_requested.connect(self.show_requested)
        card.fix_requested.connect(self.fix_requested)
        card.fix_all_requested.connect(self.fix_all_requested)
        card.set_aside_requested.connect(self.set_aside_requested)
        card.example_requested.connect(self.example_requested)
        card.help_requested.connect(self.help_requested)


def rule_name(code: str) -> str:
    """The short name of a rule; the code for one that this version does not know."""
    try:
        return rule_by_code(code).name
    except KeyError:
        return code


def other_members(found: Sequence[Diagnostic], shown_id: int | None) -> list[int]:
    """The other examples that the findings name, for their numbers."""
    members = (_other_member(each, shown_id) for each in found)
    return [member for member in members if member is not None]


def _other_member(diagnostic: Diagnostic, shown_id: int | None) -> int | None:
    """Another member of the finding's group than the example that is shown.

    It is the one that the finding is at; where that is shown, the one that is most like it.
    """
    first = diagnostic.location.example
    if diagnostic.related and first is not None and shown_id not in (None, first):
        return first
    others = [each for each in diagnostic.related if each.example not in (first, shown_id)]
    return max(others, key=lambda each: each.similarity).example if others else None
