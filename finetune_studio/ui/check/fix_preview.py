"""Fixes that change meaning are shown first: before and after, the first ones of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import loads
from finetune_studio.lint.fixer import fix_body
from finetune_studio.lint.view import ExampleView
from finetune_studio.ui.check.marked_text import MarkedText
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.check.word_diff import Span, different_spans
from finetune_studio.ui.widgets import Button, Card, Label, LineHeightLabel
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

SHOWN = 50
_CHARACTERS = 1200


@dataclass(frozen=True, slots=True)
class FixedText:
    """One text before and after, with the words that go and those that come."""

    place: str
    before: str
    after: str
    gone: tuple[Span, ...] = ()
    new: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FixPreview:
    """`total` counts the examples that the fixes touch; `texts` are of the first of them."""

    code: str
    total: int
    texts: tuple[FixedText, ...]
    finding: Diagnostic | None = None
    """The only one to fix; None for all of the rule."""


def preview_fixes(workspace: "Workspace", code: str) -> FixPreview:
    """Try the fixes of a rule on the first examples, in memory; for the pool."""
    ids = workspace.lint.ids_with(lambda found: found.code == code and found.fix is not None)
    ranks = workspace.ranks()
    texts: list[FixedText] = []
    for row in workspace.examples().rows(ids[:SHOWN]):
        fixed = fix_body(row.body, workspace.lint.config, unsafe=True, codes=frozenset({code}))
        rank = ranks.rank_of(row.id)
        name = "Example" if rank is None else f"Example {rank + 1:,}"
        texts.extend(_changed(name, row.body, fixed.body))
    return FixPreview(code, len(ids), tuple(texts[:SHOWN]))


def preview_fix(workspace: "Workspace", finding: Diagnostic) -> FixPreview:
    """Try one fix, in memory; for the pool."""
    example_id = finding.location.example
    if example_id is None or finding.fix is None:
        return FixPreview(finding.code, 0, ())
    row = workspace.examples().row(example_id)
    rank = workspace.ranks().rank_of(example_id)
    name = "Example" if rank is None else f"Example {rank + 1:,}"
    after = apply_edits(row.body, finding.fix.edits)
    return FixPreview(finding.code, 1, tuple(_changed(name, row.body, after)), finding)


def _changed(name: str, before: bytes, after: bytes) -> list[FixedText]:
    """The messages that are not what they were; the whole line where messages came or went."""
    if before == after:
        return []
    old, new = _messages(before), _messages(after)
    if len(old) != len(new):
        return [_fixed(name, "\n\n".join(old), "\n\n".join(new))]
    found = [
        _fixed(f"{name}, message {number + 1:,}", one, other)
        for number, (one, other) in enumerate(zip(old, new, strict=True))
        if one != other
    ]
    return found or [_fixed(name, before.decode("utf-8", "replace"), after.decode("utf-8", "replace"))]


def _messages(body: bytes) -> list[str]:
    """The messages as text, each under its role; none where the line cannot be read."""
    try:
        view = ExampleView(0, body, loads(body))
    except InputError:
        return []
    return [
        "\n".join([(message.role or "message").capitalize(), *(text for _, text in message.all_texts())])
        for message in view.messages
    ]


def _fixed(place: str, before: str, after: str) -> FixedText:
    before, after = before[:_CHARACTERS], after[:_CHARACTERS]
    return FixedText(
        place, before, after, tuple(different_spans(after, before)), tuple(different_spans(before, after))
    )


class FixPreviewDialog(QDialog):
    """Accepted: apply them all."""

    def __init__(self, preview: FixPreview, rule_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = preview
        self.setWindowTitle("Fix all" if preview.finding is None else "Fix")
        self.resize(860, 620)
        self.apply = Button(f"Fix {counted(preview.total, 'example')}", kind="primary")
        self.apply.setEnabled(bool(preview.texts))
        cancel = Button("Cancel")
        column = SteadyColumn(right=SCROLL_BAR + 2, spacing=10)
        for text in preview.texts:
            column.body.addWidget(_text_card(text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(Label(f"{preview.code} {rule_name}", type="title"))
        shown = f"The first {len(preview.texts):,} changes. " if preview.total > len(preview.texts) else ""
        sentence = (
            f"{shown}This can change what the text means: look before you apply it. Undo takes it back."
        )
        layout.addWidget(LineHeightLabel(sentence, type="secondary"))
        layout.addWidget(column, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.apply)
        layout.addLayout(foot)
        self.apply.clicked.connect(self._on_apply)
        cancel.clicked.connect(self.reject)

    @Slot()
    def _on_apply(self) -> None:
        self.accept()


def _text_card(text: FixedText) -> Card:
    card = Card(spacing=8, margin=14)
    card.body.addWidget(Label(text.place, type="strong"))
    row = QHBoxLayout()
    row.setSpacing(20)
    for title, shown, spans, tone in (
        ("Before", text.before, text.gone, "error"),
        ("After", text.after, text.new, "success"),
    ):
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(Label(title, type="label"))
        side.addWidget(MarkedText(shown, spans, tone, "body"))
        side.addStretch(1)
        row.addLayout(side, 1)
    card.body.addLayout(row)
    return card
