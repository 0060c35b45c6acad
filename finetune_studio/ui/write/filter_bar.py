"""The filter over the list: a line of the query language, and chips that write the frequent parts of it."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.ui.models.example_list_model import STATUS_WORDS
from finetune_studio.ui.widgets import Button, Chip, FlowLayout, LineHeightLabel
from finetune_studio.ui.write.query_field import QueryField
from finetune_studio.ui.write.term_chips import TermChips

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_STATUS_TERMS = {
    ReviewState.DRAFT: "is:draft",
    ReviewState.TO_REVIEW: "is:to-review",
    ReviewState.APPROVED: "is:approved",
    ReviewState.REJECTED: "is:rejected",
}
_HELP = (
    'Words, "a phrase", -without, one OR another, tag:greeting, is:draft, split:train, rule:D201, '
    "severity:error, has:note, role:tool, tokens:>500, turns:2..4"
)
_FINDINGS_TERM = "has:findings"
_ON_CHIPS = frozenset((*_STATUS_TERMS.values(), _FINDINGS_TERM))
_SPELLINGS = {
    "is:to-review": ("is:to-review", "is:to_review"),
    "has:findings": ("has:findings", "has:finding"),
}


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """What the chips show."""

    total: int = 0
    by_status: dict[ReviewState, int] = field(default_factory=dict)
    with_findings: int = 0
    unreadable: int = 0

    @property
    def left_to_review(self) -> int:
        return self.by_status.get(ReviewState.TO_REVIEW, 0)

    @property
    def decided(self) -> int:
        return self.by_status.get(ReviewState.APPROVED, 0) + self.by_status.get(ReviewState.REJECTED, 0)


def count_for_filter(workspace: "Workspace", unreadable: int | None = None) -> FilterCounts:
    """Counts of the whole dataset, for the pool; `unreadable` lines are counted unless they are known."""
    store = workspace.examples()
    by_status = store.count_by_status()
    return FilterCounts(
        total=sum(by_status.values()),
        by_status=by_status,
        with_findings=len(workspace.lint.counts_by_example()),
        unreadable=len(store.unreadable_lines()) if unreadable is None else unreadable,
    )


class FilterBar(QWidget):
    """`query_changed(text)` as the person types (after a breath) and at once with a chip."""

    query_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QueryField("Filter: text, tag:, is:draft")
        self.field.setAccessibleName("Filter the examples")
        self.field.setToolTip(_HELP)
        self.new_button = Button("New", kind="primary", icon_name="plus")
        self.problem = LineHeightLabel(type="small", tone="error")
        self.problem.hide()
        self.all_chip = Chip("All")
        self.status_chips = {status: Chip(word) for status, word in STATUS_WORDS.items()}
        self.findings_chip = Chip("Findings", tone="warning")
        self.terms = TermChips()
        self._lay_out()
        self.terms.query_changed.connect(self.set_query)
        self.field.search_changed.connect(self._on_field_search_changed)
        self.field.textChanged.connect(self._on_field_text_changed)
        self.all_chip.clicked.connect(self._on_all_chip_clicked)
        self.findings_chip.clicked.connect(self._on_findings_chip_clicked)
        for chip in self.status_chips.values():
            chip.clicked.connect(self._on_status_chip_clicked)
        self._show_chips()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.field, 1)
        top.addWidget(self.new_button)
        column.addLayout(top)
        column.addWidget(self.problem)
        chips = FlowLayout(spacing=6, line_spacing=6)
        for chip in (self.all_chip, *self.status_chips.values(), self.findings_chip):
            chips.addWidget(chip)
        column.addLayout(chips)
        column.addWidget(self.terms)

    def text(self) -> str:
        return self.field.text()

    @Slot(object)
    def set_query(self, text: str) -> None:
        """Filter by `text` at once."""
        self.field.hide_suggestions()
        self.field.setText(text)
        self.field.returnPressed.emit()

    def show_problem(self, error: StudioError | None) -> None:
        """Say why the query cannot be understood; None: it can."""
        sentence = "" if error is None else f"{error.text} {error.advice}".strip()
        self.field.set_error(sentence)
        if not sentence:
            self.field.setToolTip(_HELP)
        self.field.setAccessibleDescription(sentence)
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def show_counts(self, counts: FilterCounts) -> None:
        """Numbers on the chips; states that no example has are not offered."""
        self.all_chip.set_count(counts.total)
        for status, chip in self.status_chips.items():
            chip.set_count(counts.by_status.get(status, 0))
        self.findings_chip.set_count(counts.with_findings)
        self._show_chips()

    def _show_chips(self) -> None:
        text = self.field.text()
        chosen = False
        for status, chip in self.status_chips.items():
            chip.setChecked(_has_term(text, _STATUS_TERMS[status]))
            chip.setVisible(chip.isChecked() or bool(chip.count()))
            chosen = chosen or chip.isChecked()
        self.findings_chip.setChecked(_has_term(text, _FINDINGS_TERM))
        self.findings_chip.setVisible(self.findings_chip.isChecked() or bool(self.findings_chip.count()))
        self.all_chip.setChecked(not (chosen or self.findings_chip.isChecked()))
        self.terms.show_query(text, _ON_CHIPS)

    @Slot(object)
    def _on_field_search_changed(self, text: str) -> None:
        if not self.field.is_incomplete or not self.field.suggestions:
            self.query_changed.emit(text)

    @Slot(str)
    def _on_field_text_changed(self, _text: str) -> None:
        self._show_chips()

    @Slot()
    def _on_all_chip_clicked(self) -> None:
        text = self.field.text()
        for term in (*_STATUS_TERMS.values(), _FINDINGS_TERM):
            text = _without_term(text, term)
        self.set_query(text)
        self._show_chips()

    @Slot()
    def _on_status_chip_clicked(self) -> None:
        text = self.field.text()
        for status, chip in self.status_chips.items():
            if chip is not self.sender():
                text = _without_term(text, _STATUS_TERMS[status])
                continue
            term = _STATUS_TERMS[status]
            text = _without_term(text, term) if _has_term(text, term) else f"{text} {term}"
        self.set_query(text.strip())
        self._show_chips()

    @Slot()
    def _on_findings_chip_clicked(self) -> None:
        text = self.field.text()
        has = _has_term(text, _FINDINGS_TERM)
        text = _without_term(text, _FINDINGS_TERM) if has else f"{text} {_FINDINGS_TERM}"
        self.set_query(text.strip())
        self._show_chips()


def _pattern(term: str) -> re.Pattern[str]:
    spellings = "|".join(map(re.escape, _SPELLINGS.get(term, (term,))))
    return re.compile(rf"(?<!\S)(?:{spellings})(?!\S)", re.IGNORECASE)


def _has_term(text: str, term: str) -> bool:
    return _pattern(term).search(text) is not None


def _without_term(text: str, term: str) -> str:
    return " ".join(_pattern(term).sub(" ", text).split()) if _has_term(text, term) else text
