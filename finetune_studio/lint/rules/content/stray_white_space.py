"""Q105: white space that nobody meant: at the edges, doubled, or line ends of two kinds."""

import re
from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.batch_texts import MAY_BE_SPACE, BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule

_DOUBLED = re.compile(r"(?<=[^\s|.!?:]) {2,3}(?=[^\s|])")
"""Between words, not after a full stop (some type it so), not in tables, not where columns are aligned."""
_LINE_END = re.compile(r"\r\n?")
_LAYOUT = ("```", "\t", " | ", "    ")
"""Texts with one of these are laid out with spaces: code, tables."""
_INDENTED = re.compile(r"[\n\r][^\S\n\r]+\S")
"""A later line that is indented too: code, lists, verse, paragraphs."""

_WHOLE = "/content"
_SPACE, _RETURN = b" \r"

Span = tuple[int, int, str]


class StrayWhiteSpace(FaultRule):
    code = "Q105"
    name = "Stray white space"
    severity = Severity.INFO
    fix = Applicability.SAFE
    version = 2
    opening = "Message {number}: "

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        has_edge = MAY_BE_SPACE[texts.first_bytes] | MAY_BE_SPACE[texts.last_bytes]
        is_space = texts.raw == _SPACE
        doubled = np.flatnonzero(is_space[1:] & is_space[:-1])
        has_edge[texts.owners(np.concatenate([doubled, texts.at(_RETURN)]))] = True
        return np.flatnonzero(has_edge)

    def suspicious(self, text: str) -> bool:
        return text[:1].isspace() or text[-1:].isspace() or "  " in text or "\r" in text

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        return self.faults_at(_WHOLE, text, context)

    def faults_at(self, where: str, text: str, context: RuleContext) -> Iterator[Fault]:
        if not text or text.isspace():
            return  # Q101 says it
        for what, spans in _faults(text, is_whole=where == _WHOLE):
            start, end, _ = spans[0]
            yield Fault(
                start,
                end,
                "{what}",
                {"what": what},
                tuple(spans),
                "Remove the stray white space",
                is_safe=True,
            )


def _faults(text: str, *, is_whole: bool) -> Iterator[tuple[str, list[Span]]]:
    """What is wrong, and each place with what belongs there; parts of a content list may end as they like."""
    lead = len(text) - len(text.lstrip())
    trail = len(text.rstrip())
    stray = _stray_lead(text, lead)
    if is_whole and stray:
        yield "white space at the beginning", [(0, stray, "")]
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


def _stray_lead(text: str, lead: int) -> int:
    """How much of the white space at the beginning is stray; indentation that later lines share is meant."""
    line = max(text.rfind("\n", 0, lead), text.rfind("\r", 0, lead)) + 1
    return line if line < lead and _INDENTED.search(text, lead) else lead


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
