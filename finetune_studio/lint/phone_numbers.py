"""Phone numbers: how they are written, what is said beside them, and which of them are numbers of persons."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finetune_studio.lint.national_ids import FoundId, find_ids
from finetune_studio.lint.rule import ListOption

REGIONS = ListOption(
    "regions",
    ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "AU", "BR"),
    "countries",
    "Whose numbers are known without a country code, as two letters each.",
)
NEAR = 40
"""Characters before a number in which a word for it may stand."""
AROUND = 2
"""Characters before and after its digits that tell a candidate."""
NATIONAL = 9
"""Digits that a number without country code must have; the shortest ones are valid somewhere."""
_CANDIDATE = re.compile(
    r"(?<![\w+.,/$€£¥#=-])(?:\+|00)?\(?[0-9](?:[ \u00a0().-]{0,3}[0-9]){6,14}(?![\w=%]|[.,/-][0-9])"
)
_DIGITS = re.compile(r"[0-9](?:[ \u00a0().-]{0,3}[0-9]){6,}")
"""All digits that a candidate may have; quicker to look for."""
_NO_DIGIT = re.compile(r"[^0-9]")
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[.-])[0-9]{3}[.-][0-9]{4}")
_BESIDE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|cellphone|call|calling|dial|fax|whats ?app|text|sms|ring|reach"
    r"|contact"
    r"|telefon\w*|handy|rufnummer|t[ée]l[ée]phone|portable|tel[ée]fono|m[óo]vil|celular|cellulare)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """`number` is as +49301234567."""

    start: int
    end: int
    number: str


def find_phones(text: str, regions: tuple[str, ...]) -> list[FoundPhone]:
    """Numbers that look like one or have a word beside them, and all places of these; ascending and apart.

    A number that has no word for a phone as the nearest one, and is a person's by a word for that, is none.
    """
    found: list[FoundPhone] = []
    others: list[re.Match[str]] = []
    ids: list[FoundId] | None = None
    for match in _candidates(text):
        number = _number(match[0], _regions(text, match, regions))
        if not number:
            others.append(match)
            continue
        if not match[0].startswith(("+", "00")):
            ids = list(find_ids(text)) if ids is None else ids
            if _is_id(text, match, ids):
                others.append(match)
                continue
        found.append(FoundPhone(match.start(), match.end(), number))
    if found and others:
        known = {_digits(text[one.start : one.end]): one.number for one in found}
        again = [(match, known.get(_digits(match[0]))) for match in others]
        found += [FoundPhone(match.start(), match.end(), number) for match, number in again if number]
        found.sort(key=lambda one: one.start)
    return found


def without_phones(text: str, ids: Sequence[FoundId], regions: tuple[str, ...]) -> list[FoundId]:
    """Those that are no phone numbers at any place in the text."""
    phones = find_phones(text, regions) if ids else []
    numbers = {_digits(text[one.start : one.end]) for one in phones}
    apart = [
        one for one in ids if not any(one.start < other.end and other.start < one.end for other in phones)
    ]
    return [one for one in apart if one.compact not in numbers]


def _candidates(text: str) -> Iterator[re.Match[str]]:
    for digits in _DIGITS.finditer(text):
        yield from _CANDIDATE.finditer(text, max(digits.start() - AROUND, 0), digits.end() + AROUND)


def _digits(written: str) -> str:
    return _NO_DIGIT.sub("", written)


def _is_id(text: str, match: re.Match[str], ids: Sequence[FoundId]) -> bool:
    """Whether it is a person's number, and the word for that is nearer than one for a phone."""
    start, end = match.span()
    own = next((one for one in ids if one.start < end and start < one.end), None)
    if own is None or not own.has_word:
        return own is not None
    said = -1
    for word in _BESIDE.finditer(text, max(0, start - NEAR), start):
        said = word.end()
    return said < 0 or said < own.word_at < start


def _regions(text: str, match: re.Match[str], regions: tuple[str, ...]) -> tuple[str | None, ...]:
    """Where to look the number up: nowhere when nothing says that it is one."""
    if match[0].startswith(("+", "00")):
        return (None,)
    if sum(map(str.isdigit, match[0])) < NATIONAL:
        return ()
    if _AMERICAN.fullmatch(match[0]):
        return ("US",)
    if _BESIDE.search(text, max(0, match.start() - NEAR), match.start()):
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
