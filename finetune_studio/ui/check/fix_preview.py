"""What fixes would change, shown first: before and after, of the first examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from finetune_studio.domain.diagnostic import Applicability, Diagnostic
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.ui.check.finding_rows import VISIBLE
from finetune_studio.ui.check.marked_text import MarkedText
from finetune_studio.ui.check.scroll import SteadyColumn
from finetune_studio.ui.check.sizes import SCROLL_BAR
from finetune_studio.ui.check.word_diff import Span, different_spans
from finetune_studio.ui.widgets import Button, Card, Label, LineHeightLabel
from finetune_studio.workspace.operations.fixes import with_fixes
from finetune_studio.workspace.readiness import counted

if TYPE_CHECKING:
    from finetune_studio.workspace.queries.ranks import Ranks
    from finetune_studio.workspace.workspace import Workspace

SHOWN = 50
_CHARACTERS = 1200
"""Of a text that are shown, from a little before its first change on."""
_BEFORE = 160
_COMPARED = 8 * _CHARACTERS
"""Characters that are compared: those after the last that is shown keep its end from being marked."""


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
    """`total` counts the examples that the fixes touch; `texts` are of the first of them. `code` "" means all
    rules, of which only the safe fixes are taken."""

    code: str
    total: int
    texts: tuple[FixedText, ...]
    findings: tuple[Diagnostic, ...] = ()
    """Those to fix and no other ones; empty for all of the rule."""
    is_unsafe: bool = True
    has_more: bool = False
    """Whether there are changes that are not among `texts`."""


def preview_fixes(workspace: "Workspace", code: str) -> FixPreview:
    """Try the fixes of a rule ("": the safe ones of all) on the first examples, in memory; for the pool."""
    is_all = not code

    def is_wanted(found: Diagnostic) -> bool:
        fix = found.fix
        if fix is None or not fix.edits:
            return False
        return fix.applicability is Applicability.SAFE if is_all else found.code == code

    ids = workspace.lint.ids_with(is_wanted)
    ranks = workspace.ranks()
    texts: list[FixedText] = []
    rows = workspace.examples().rows(ids[:SHOWN])
    codes = None if is_all else frozenset({code})
    fixed = workspace.lint.fix_bodies([row.body for row in rows], codes, not is_all)
    for row, outcome in zip(rows, fixed, strict=True):
        texts.extend(_changed(_name(row.id, ranks), row.body, outcome.body))
    is_unsafe = any(
        found.fix is not None and found.fix.applicability is Applicability.UNSAFE
        for example_id in ids[:SHOWN]
        for found in workspace.lint.findings_of(example_id)
        if found.code == code
    )
    has_more = len(ids) > SHOWN or len(texts) > SHOWN
    return FixPreview(code, len(ids), tuple(texts[:SHOWN]), is_unsafe=is_unsafe, has_more=has_more)


def preview_findings(workspace: "Workspace", findings: Sequence[Diagnostic]) -> FixPreview:
    """Try the fixes of these findings, in memory; for the pool."""
    wanted = [one for one in findings if one.fix is not None and one.location.example is not None]
    by_example: dict[int, list[Diagnostic]] = {}
    for one in wanted:
        if one.location.example is not None:
            by_example.setdefault(one.location.example, []).append(one)
    ranks = workspace.ranks()
    texts: list[FixedText] = []
    for row in workspace.examples().rows(list(by_example)[:SHOWN]):
        after, _ = with_fixes(row.body, by_example[row.id])
        texts.extend(_changed(_name(row.id, ranks), row.body, after))
    is_unsafe = any(one.fix is not None and one.fix.applicability is Applicability.UNSAFE for one in wanted)
    codes = {one.code for one in wanted}
    code = codes.pop() if len(codes) == 1 else ""
    has_more = len(by_example) > SHOWN or len(texts) > SHOWN
    return FixPreview(code, len(by_example), tuple(texts[:SHOWN]), tuple(wanted), is_unsafe, has_more)


def _name(example_id: int, ranks: "Ranks") -> str:
    rank = ranks.rank_of(example_id)
    return "Example" if rank is None else f"Example {rank + 1:,}"


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
    start = _start_of_change(before, after)
    old, new = before[start : start + _COMPARED], after[start : start + _COMPARED]
    shown, gone = _cut(old, different_spans(new, old), start > 0, len(before) - start)
    fixed, come = _cut(new, different_spans(old, new), start > 0, len(after) - start)
    return FixedText(place, shown, fixed, gone, come)


def _start_of_change(before: str, after: str) -> int:
    """Where to begin showing: at the beginning, or of long texts a little before what differs first."""
    limit = min(len(before), len(after))
    if max(len(before), len(after)) <= _CHARACTERS:
        return 0
    first = next((at for at in range(limit) if before[at] != after[at]), limit)
    if first <= _BEFORE:
        return 0
    space = before.find(" ", first - _BEFORE, first)
    return space + 1 if space >= 0 else first - _BEFORE


def _cut(text: str, spans: Sequence[Span], is_later: bool, length: int) -> tuple[str, tuple[Span, ...]]:
    """What is shown of a text that begins at the change, with its spans; `length` is that of the rest."""
    head, tail = "…" if is_later else "", "…" if length > _CHARACTERS else ""
    seen = [(start, min(end, _CHARACTERS)) for start, end in spans if start < _CHARACTERS]
    moved = tuple((start + len(head), end + len(head)) for start, end in seen)
    shown = list(text[:_CHARACTERS])
    for start, end in seen:
        if not text[start:end].strip():  # white space can be seen where it is what changes
            shown[start:end] = (VISIBLE.get(character, character) for character in text[start:end])
    return head + "".join(shown) + tail, moved


class FixPreviewDialog(QDialog):
    """Accepted: apply them all."""

    def __init__(self, preview: FixPreview, rule_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = preview
        self.setWindowTitle("Fix" if len(preview.findings) == 1 else "Fix all")
        self.resize(860, 620)
        self.apply = Button(f"Fix {counted(preview.total, 'example')}", kind="primary")
        self.apply.setEnabled(bool(preview.texts))
        cancel = Button("Cancel")
        column = SteadyColumn(margin=10, right=SCROLL_BAR + 2, spacing=10)
        column.set_reachable("Changes")
        for text in preview.texts:
            column.body.addWidget(_text_card(text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        title = f"{preview.code} {rule_name}" if preview.code else "Fix all that is safe to fix"
        if not preview.code and preview.findings:
            title = f"Fix {counted(len(preview.findings), 'finding')}"
        layout.addWidget(Label(title, type="title"))
        shown = f"The first {len(preview.texts):,} changes. " if preview.has_more else ""
        sentence = "Fixes that keep what the text means. Undo takes them back in one step."
        if preview.is_unsafe:
            sentence = "This can change what the text means: look before you apply it. Undo takes it back."
        if not preview.texts:
            sentence = "There is nothing to fix."
        layout.addWidget(LineHeightLabel(shown + sentence, type="secondary"))
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
