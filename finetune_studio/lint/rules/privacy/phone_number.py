"""P303: a phone number."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts, Numbers
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.rule import ListOption

_CANDIDATE = re.compile(
    r"(?<![\w+.,/$€£¥#=-])(?:\+|00)?\(?[0-9](?:[ \u00a0().-]{0,3}[0-9]){6,14}(?![\w=%]|[.,/-][0-9])"
)
_DIGITS = re.compile(r"[0-9](?:[ \u00a0().-]{0,3}[0-9]){6,}")
"""All digits that a candidate may have; quicker to look for."""
_BEFORE, _AFTER = 2, 2
"""Characters around its digits that tell a candidate."""
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[.-])[0-9]{3}[.-][0-9]{4}")
_BESIDE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|cellphone|call|calling|dial|fax|whats ?app|text|sms|ring|reach"
    r"|contact"
    r"|telefon\w*|handy|rufnummer|t[ée]l[ée]phone|portable|tel[ée]fono|m[óo]vil|celular|cellulare)\b",
    re.IGNORECASE,
)
_NEAR = 40
_MOST_BYTES = 4
_NATIONAL = 9
"""Digits that a number without country code must have; the shortest ones are valid somewhere."""


class PhoneNumber(PersonalRule):
    code = "P303"
    name = "Phone number"
    severity = Severity.INFO
    shapes: ClassVar[tuple[bytes, ...]] = (
        *(b"0000000", b"000-000", b"000.000", b"000 000", b"00 00 00 00", b"00.00.00.00", b"00-00-00-00"),
        *(b"+0 0", b"+00 0", b"+000 0", b"+0-0", b"+00-0", b"+0 (", b"+00 (", b"+0(", b"+00("),
    )
    digits = 7
    apart = 6
    separators = " ().-\u00a0".encode()
    mask_kind = "phone"
    list_options: ClassVar[tuple[ListOption, ...]] = (
        ListOption(
            "regions",
            ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "AU", "BR"),
            "countries",
            "Whose numbers are known without a country code, as two letters each.",
        ),
    )

    triggers: ClassVar[tuple[bytes, ...]] = (
        *(b"phone", b"tel", b"mobile", b"cell", b"call", b"dial", b"fax", b"whats", b"text", b"sms", b"ring"),
        *(b"reach", b"contact", b"fono", b"handy", b"rufnummer", b"portable", b"movil", b"celular"),
        *("móvil".encode(), "mÓvil".encode()),
    )
    """One of these is in what stands beside numbers that do not look like one by themselves."""

    def numbers(self, texts: BatchTexts) -> Numbers:
        """Those after a +, with 00 or a sign within, or after a word; others are numbers of other things."""
        found = super().numbers(texts)
        zeros = texts.at(ord("0"))
        zeros = zeros[:-1][np.diff(zeros) == 1]
        within = (zeros, texts.at(ord("-")), texts.at(ord(".")))
        looks_like_one = np.any([found.around(places) for places in within], axis=0)
        looks_like_one |= found.around(texts.at(ord("+")), before=_BEFORE)
        has_word = found.around(texts.literals(self.triggers), before=_NEAR * _MOST_BYTES)
        return found.of(looks_like_one | (has_word & (found.digits >= _NATIONAL)))

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        regions = self.texts_option(context, "regions")
        for digits in _DIGITS.finditer(text):
            start, end = max(digits.start() - _BEFORE, 0), digits.end() + _AFTER
            for match in _CANDIDATE.finditer(text, start, end):
                number = _number(match[0], _regions(text, match, regions))
                if number:
                    yield Personal(match.start(), match.end(), number, "a phone number")


def _regions(text: str, match: re.Match[str], regions: tuple[str, ...]) -> tuple[str | None, ...]:
    """Where to look the number up: nowhere when nothing says that it is one."""
    if match[0].startswith(("+", "00")):
        return (None,)
    if sum(map(str.isdigit, match[0])) < _NATIONAL:
        return ()
    if _AMERICAN.fullmatch(match[0]):
        return ("US",)
    if _BESIDE.search(text, max(0, match.start() - _NEAR), match.start()):
        return regions
    return ()


@lru_cache(maxsize=65_536)
def _number(text: str, regions: tuple[str | None, ...]) -> str:
    """As +49301234567 when it is valid in one of the regions, else empty."""
    if not regions:
        return ""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

    written = "+" + text[2:] if text.startswith("00") else text
    for region in regions:
        try:
            number = parse(written, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return str(format_number(number, PhoneNumberFormat.E164))
    return ""
