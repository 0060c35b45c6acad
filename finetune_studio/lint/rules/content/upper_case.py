"""Q113: an answer mostly in capitals."""

from collections.abc import Iterator
from string import ascii_letters, ascii_lowercase
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts, is_capital
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.prose import is_code, without_code
from finetune_studio.lint.rule import RuleOption

_LETTERS = 30
_WORDS = 4
_PART = 4
"""How many letters there may be for one capital."""
_NO_CASE = np.uint8(0xDF)
_NOT_LETTERS = bytes(set(range(128)) - set(ascii_letters.encode()))
_LOWER = ascii_lowercase.encode()


class UpperCase(FaultRule):
    code = "Q113"
    name = "Mostly upper case"
    severity = Severity.INFO
    reads = Reads.ANSWERS
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.7, "share of the letters", "That are capitals.", 0.3, 1.0),
    )

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with capitals enough, were all that is not ASCII capitals."""
        foreign = texts.count_places(texts.foreign)
        capitals = texts.count_places(texts.capitals) + foreign
        letters = texts.count(is_capital(texts.raw & _NO_CASE))
        return np.flatnonzero((capitals * _PART > letters) & (letters + foreign >= _LETTERS))

    def suspicious(self, text: str) -> bool:
        """A third of the letters are capitals, or more."""
        if len(text) < _LETTERS:
            return False
        if text.isascii():
            letters = text.encode().translate(None, _NOT_LETTERS)
            return len(letters) >= _LETTERS and len(letters.translate(None, _LOWER)) * _PART > len(letters)
        capitals = sum(map(str.isupper, text)) * _PART
        return capitals > _LETTERS and capitals > sum(map(str.isalpha, text)) >= _LETTERS

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        prose = without_code(text)
        letters = sum(map(str.isalpha, prose))
        upper = sum(map(str.isupper, prose))
        if letters < _LETTERS or len(prose.split()) < _WORDS or is_code(prose):
            return
        if upper >= letters * self.option(context, "share"):
            yield Fault(
                0, len(text), "is mostly in capitals ({percent} %)", {"percent": 100 * upper // letters}
            )
