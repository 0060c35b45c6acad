"""Q103: text decoded with the wrong encoding somewhere on its way, as “cafÃ©”."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule
from finetune_studio.lint.words import counted, shown

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_LOST = "\N{REPLACEMENT CHARACTER}".encode()[0]
_LEAD = re.compile(
    "\N{REPLACEMENT CHARACTER}"
    "|[\u00a0-\u00ff\u0102-\u02ff\u0370-\u045f\u0490-\u052f\u05d0-\u064a\u2013-\u203a\u20ac\u2122\u221a\u2500-\u256c\x80-\x9f]"
    "[\u0080-\u00ff\u0102-\u02ff\u0370-\u045f\u0490-\u052f\u05d0-\u064a\u2013-\u203a\u20ac\u2116\u2122\u221a-\u25ff]"
)
"""Two of the characters that single-byte encodings have for the bytes of UTF-8 beyond ASCII."""


class Mojibake(FaultRule):
    code = "Q103"
    name = "Wrongly decoded text"
    severity = Severity.WARNING
    fix = Applicability.UNSAFE
    foreign_only = True

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with two characters beyond ASCII beside each other, or with what could not be decoded."""
        foreign, ends = texts.foreign, texts.foreign_ends
        paired = foreign[:-1][ends[:-1] == foreign[1:]]
        lost = foreign[texts.raw[foreign] == _LOST]
        return texts.owners(np.concatenate([paired, lost]))

    def suspicious(self, text: str) -> bool:
        return _LEAD.search(text) is not None

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        from ftfy import fix_encoding
        from ftfy.badness import is_bad

        offset = 0
        for line in text.splitlines(keepends=True):
            mended = fix_encoding(line, _config()) if is_bad(line) else line
            if mended != line:
                start, end, by = _difference(line, mended)
                yield Fault(
                    offset + start,
                    offset + end,
                    "is wrongly decoded: “{found}” was probably “{mended}”",
                    {"found": shown(line[start:end]), "mended": shown(by)},
                    ((offset + start, offset + end, by),),
                    "Decode it again",
                )
            offset += len(line)
        lost = text.find("\N{REPLACEMENT CHARACTER}")
        if lost >= 0:
            yield Fault(
                lost,
                lost + 1,
                "has lost {count}: U+FFFD stands there now, the mark for what could not be decoded",
                {"count": counted(text.count("\N{REPLACEMENT CHARACTER}"), "character")},
            )


@lru_cache(maxsize=1)
def _config() -> "TextFixerConfig":
    from ftfy import TextFixerConfig

    return TextFixerConfig(unescape_html=False, replace_lossy_sequences=False)


def _difference(before: str, after: str) -> tuple[int, int, str]:
    """What to put in place of which part, whole words at the edges where they differ."""
    start = 0
    shorter = min(len(before), len(after))
    while start < shorter and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < shorter - start and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return start, len(before) - tail, after[start : len(after) - tail]
