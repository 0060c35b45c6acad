"""Q105: white space that nobody meant: at the edges, doubled, or line ends of two kinds."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import TextRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView, MessageView

_DOUBLED = re.compile(r"(?<=[^\s|.!?:]) {2,3}(?=[^\s|])")
"""Between words, not after a full stop (some type it so), not in tables, not where columns are aligned."""
_LINE_END = re.compile(r"\r\n?")
_LAYOUT = ("```", "\t", " | ", "    ")
"""Texts with one of these are laid out with spaces: code, tables."""

Span = tuple[int, int, str]


class StrayWhiteSpace(TextRule):
    code = "Q105"
    name = "Stray white space"
    severity = Severity.INFO
    fix = Applicability.SAFE
    triggers: ClassVar[tuple[bytes, ...]] = (b"  ", b"\\r")

    def candidates(self, batch: Batch) -> list[int]:
        edges = [index for index, text in enumerate(batch.scan.texts) if len(text.strip()) != len(text)]
        return sorted({*batch.unusual, *batch.owners_of_texts(edges), *super().candidates(batch)})

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            for field, text in message.texts():
                if not text or text.isspace():
                    continue  # Q101 says it
                for what, spans in _faults(text, is_whole=field == "/content"):
                    start, end, _ = spans[0]
                    yield self.finding(
                        context,
                        view,
                        "Message {number}: {what}.",
                        at=message,
                        field=field,
                        start=start,
                        end=end,
                        fix=_fix(message, field, spans),
                        number=message.index + 1,
                        what=what,
                    )


def _faults(text: str, *, is_whole: bool) -> Iterator[tuple[str, list[Span]]]:
    """What is wrong, and each place with what belongs there; parts of a content list may end as they like."""
    lead = len(text) - len(text.lstrip())
    trail = len(text.rstrip())
    if is_whole and lead:
        yield "white space at the beginning", [(0, lead, "")]
    if is_whole and trail < len(text):
        yield "white space at the end", [(trail, len(text), "")]
    if "  " in text and not any(mark in text for mark in _LAYOUT):
        doubled = list(_doubled(text, lead, trail))
        if doubled:
            many = "" if len(doubled) == 1 else f" in {len(doubled):,} places"
            yield f"more than one space between words{many}", doubled
    if "\r" in text and "\n" in text.replace("\r\n", ""):
        ends = [(m.start(), m.end(), "\n") for m in _LINE_END.finditer(text, lead, trail)]
        if ends:
            yield "line ends of two kinds", ends


def _doubled(text: str, start: int, end: int) -> Iterator[Span]:
    """What the expression finds, tried only where there are two spaces."""
    place = text.find("  ", start, end)
    while place >= 0:
        match = _DOUBLED.match(text, place, end)
        if match is not None:
            yield place, match.end(), " "
        while place < end and text[place] == " ":
            place += 1
        place = text.find("  ", place, end)


def _fix(message: MessageView, field: str, spans: list[Span]) -> Fix:
    """One splice for each place, from the end, so that the places before stay true."""
    edits = tuple(
        Edit(EditOp.SPLICE, message.pointer + field, by, start=start, end=end)
        for start, end, by in reversed(spans)
    )
    return Fix("Remove the stray white space", Applicability.SAFE, edits)
