"""P303: a phone number."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.rule import ListOption

_CANDIDATE = re.compile(
    r"(?<![\w+.,/$€£¥#=-])(?:\+|00)?\(?[0-9](?:[ \u00a0().-]{0,3}[0-9]){6,14}(?![\w=%]|[.,/-][0-9])"
)
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[.-])[0-9]{3}[.-][0-9]{4}")
_BESIDE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|cellphone|call|calling|dial|fax|whats ?app|text|sms|ring|reach"
    r"|contact"
    r"|telefon\w*|handy|rufnummer|t[ée]l[ée]phone|portable|tel[ée]fono|m[óo]vil|celular|cellulare)\b",
    re.IGNORECASE,
)
_NEAR = 40
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

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        regions = self.texts_option(context, "regions")
        for match in _CANDIDATE.finditer(text):
            number = _number(match[0], _regions(text, match, regions))
            if number:
                yield Personal(match.start(), match.end(), number, "a phone number")


def _regions(text: str, match: re.Match[str], regions: tuple[str, ...]) -> tuple[str | None, ...]:
    """Where to look the number up: nowhere when nothing says that it is one."""
    if match[0].startswith(("+", "00")):
        return (None,)
    if _AMERICAN.fullmatch(match[0]):
        return ("US",)
    digits = sum(map(str.isdigit, match[0]))
    if digits >= _NATIONAL and _BESIDE.search(text, max(0, match.start() - _NEAR), match.start()):
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
