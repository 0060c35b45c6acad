"""Q106: letters of another script that look like those around them, as a Cyrillic “а” in “pаssword”."""

import re
from collections.abc import Iterator
from string import ascii_letters
from unicodedata import name

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule

_LATIN = "aceopxysijhAaBCEHIJKMOPSTXYABEZHIKMNOPTYXo"
_OTHER = "асеорхуѕіјһАаВСЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"
_TO_LATIN = dict(zip(_OTHER, _LATIN, strict=True))
_MIXED = re.compile(f"[A-Za-z][{_OTHER}]|[{_OTHER}][A-Za-z]")
_LEADS = np.isin(np.arange(256), [letter.encode()[0] for letter in _OTHER])
_IS_LATIN = np.isin(np.arange(256), list(ascii_letters.encode()))
_WORD = re.compile(r"[^\W\d_]{3,}")


class LookAlikes(FaultRule):
    code = "Q106"
    name = "Look-alike letters in a word"
    severity = Severity.WARNING
    fix = Applicability.UNSAFE
    foreign_only = True

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with a Greek or Cyrillic letter beside a Latin one."""
        found = texts.foreign[_LEADS[texts.raw[texts.foreign]]]
        is_mixed = _IS_LATIN[texts.byte(found - 1)] | _IS_LATIN[texts.byte(found + 2)]
        return texts.owners(found[is_mixed])

    def suspicious(self, text: str) -> bool:
        return _MIXED.search(text) is not None

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        for match in _WORD.finditer(text):
            word = match[0]
            odd = [index for index, letter in enumerate(word) if letter in _TO_LATIN]
            if not odd or not _MIXED.search(word):
                continue
            if any(not letter.isascii() and letter not in _TO_LATIN and _is_other(letter) for letter in word):
                continue
            first = word[odd[0]]
            yield Fault(
                match.start() + odd[0],
                match.start() + odd[0] + 1,
                "has “{letter}” ({letter_name}) among the Latin letters of “{word}”",
                {"letter": first, "letter_name": name(first), "word": word},
                tuple(
                    (match.start() + index, match.start() + index + 1, _TO_LATIN[word[index]])
                    for index in odd
                ),
                "Write it with Latin letters",
            )


def _is_other(letter: str) -> bool:
    """Cyrillic or Greek."""
    return "\u0370" <= letter <= "\u052f"
