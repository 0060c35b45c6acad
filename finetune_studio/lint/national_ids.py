"""Numbers that states give to persons: how each is written, what is said beside it, what checks it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from finetune_studio.lint.literals import shape_of_text


@dataclass(frozen=True, slots=True)
class NationalId:
    """`module` of python-stdnum has `is_valid` ("" where it has none).

    One of `shapes` is in every such number, digits being written 0 and capitals A. Where `beside` is given,
    one of its words (or beginnings of words) must be near: those in lower case in any case, those in capitals
    as they are, within text that is not all in capitals.
    """

    name: str
    module: str
    pattern: re.Pattern[str]
    shapes: tuple[bytes, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundId:
    name: str
    start: int
    end: int
    compact: str
    word_at: int = -1
    """Where the nearest word before it begins (else one after it); -1 where it needs none."""

    @property
    def has_word(self) -> bool:
        return self.word_at >= 0


_NEAR = 60
"""Characters before and after a number in which the words beside it may stand."""
_NOT_IDS = frozenset({"123456789", "111111111", "987654321", "12345678901", "1234567890"})
_RUN = "00000000"
_WHOLE = 4
"""Letters from which a word may be the beginning of one."""


def _id(name: str, module: str, pattern: str, shapes: tuple[str, ...], *beside: str) -> NationalId:
    whole = re.compile(rf"(?<![\w.,-])(?:{pattern})(?![\w-])", re.ASCII)
    return NationalId(name, module, whole, tuple(shape.encode() for shape in shapes), beside)


def _foreign_in_capitals(word: str) -> str:
    return "".join(letter if letter.isascii() else letter.upper() for letter in word)


IDS: tuple[NationalId, ...] = (
    _id(
        "a US social security number",
        "us.ssn",
        r"\d{3}([- ]?)\d{2}\1\d{4}",
        (_RUN, "000-00-0", "000 00 0"),
        *("ssn", "social sec"),
    ),
    _id(
        "a UK national insurance number",
        "",
        r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
        ("AA00", "AA 00 00"),
        *("national insurance", "nino", "ni number", "ni no"),
    ),
    _id("a UK NHS number", "gb.nhs", r"\d{3}([- ]?)\d{3}\1\d{4}", (_RUN, "000-000-", "000 000 "), "nhs"),
    _id(
        "a German tax number",
        "de.idnr",
        r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        (_RUN, "00 000 000"),
        *("steuer", "idnr", "tax id"),
    ),
    _id(
        "a French social security number",
        "fr.nir",
        r"[12] ?\d{2} ?\d{2} ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2}",
        (_RUN, "0 00 00 0"),
        *("sécu", "secu", "nir", "insee"),
    ),
    _id("a Spanish identity number", "es.dni", r"\d{8}-?[A-Z]", (_RUN,), "dni", "nif", "identidad"),
    _id(
        "a Spanish identity number",
        "es.nie",
        r"[XYZ]-?\d{7}-?[A-Z]",
        ("A0000000", "A-0000000"),
        *("nie", "nif", "identidad"),
    ),
    _id("an Italian tax code", "it.codicefiscale", r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", ("AA00A00A",)),
    _id(
        "a Dutch citizen number",
        "nl.bsn",
        r"\d{9}|\d{4}\.\d{2}\.\d{3}",
        (_RUN, "0000.00.000"),
        *("bsn", "burgerservice", "sofinum", "sofi-num", "sofi num"),
    ),
    _id(
        "a Belgian national number",
        "be.nn",
        r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}\.?\d{2}",
        (_RUN, "00.00.00-", "000000-0"),
        *("rijksregister", "registre national", "national number", "national register"),
    ),
    _id("a Polish PESEL", "pl.pesel", r"\d{11}", (_RUN,), "pesel"),
    _id(
        "a Swedish identity number",
        "se.personnummer",
        r"(?:\d{2})?\d{6}[-+]\d{4}",
        ("000000-0", "000000+0"),
        *("personnum", "personnr", "personal number", "personal identity"),
    ),
    _id(
        "a Norwegian identity number",
        "no.fodselsnummer",
        r"\d{6} ?\d{5}",
        (_RUN, "000000 0"),
        *("fødsels", "fodsels", "personnum", "personnr"),
    ),
    _id(
        "a Danish identity number",
        "dk.cpr",
        r"\d{6}-?\d{4}",
        (_RUN, "000000-0"),
        *("cpr", "personnum", "personnr"),
    ),
    _id(
        "a Finnish identity code",
        "fi.hetu",
        r"\d{6}[-+A]\d{3}[0-9A-Z]",
        ("000000-0", "000000+0", "000000A0"),
        *("hetu", "henkil", "identity code"),
    ),
    _id("a Swiss social security number", "ch.ssn", r"756\.\d{4}\.\d{4}\.\d{2}", ("000.0000.0000.",)),
    _id(
        "an Austrian insurance number",
        "at.vnr",
        r"\d{4} ?\d{6}",
        (_RUN, "0000 000000"),
        *("sozialvers", "svnr", "versicherungsn"),
    ),
    _id("a Brazilian CPF", "br.cpf", r"\d{3}\.\d{3}\.\d{3}-\d{2}", ("000.000.000-",)),
    _id("a Brazilian CPF", "br.cpf", r"\d{11}", (_RUN,), "cpf"),
    _id("an Indian Aadhaar number", "in_.aadhaar", r"\d{4} ?\d{4} ?\d{4}", (_RUN, "0000 0000 "), "aadha"),
    _id(
        "a Canadian social insurance number",
        "ca.sin",
        r"\d{3}([- ]?)\d{3}\1\d{3}",
        (_RUN, "000-000-", "000 000 "),
        *("SIN", "social ins"),
    ),
    _id(
        "an Australian tax file number",
        "au.tfn",
        r"\d{3} ?\d{3} ?\d{3}",
        (_RUN, "000 000 "),
        *("tfn", "tax file"),
    ),
    _id("a Mexican CURP", "mx.curp", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d", ("A000000A",)),
    _id("a Turkish identity number", "tr.tckimlik", r"\d{11}", (_RUN,), "kimlik", "tckn"),
    _id("a South African identity number", "za.idnr", r"\d{13}", (_RUN,), "id number", "identity number"),
    _id("a Korean resident number", "kr.rrn", r"\d{6}-\d{7}", ("000000-0000000",)),
    _id("a Romanian personal code", "ro.cnp", r"\d{13}", (_RUN,), "cnp"),
    _id("a Chinese identity number", "cn.ric", r"\d{17}[\dX]", (_RUN,), "id card", "identity", "身份"),
)

_WITHOUT_WORDS = tuple(shape for kind in IDS if not kind.beside for shape in kind.shapes)
WORDS = tuple(
    sorted(
        {form.encode() for kind in IDS for word in kind.beside for form in (word, _foreign_in_capitals(word))}
    )
)
"""What may stand beside, for a search without regard to case that knows none but ASCII's."""
SEPARATORS = b" .-+ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Stand between the digits of a number, two at the most."""
SHAPES = tuple(sorted({shape for kind in IDS for shape in kind.shapes}))


def has_own_form(text: str) -> bool:
    """Whether a number that needs no word beside it may be in the text."""
    shaped = shape_of_text(text)
    return any(map(shaped.__contains__, _WITHOUT_WORDS))


def find_ids(text: str) -> Iterator[FoundId]:
    """The numbers in a text that pass their check, ascending and apart."""
    shaped = shape_of_text(text)
    lowered = text.lower()
    found: list[FoundId] = []
    for kind in _with_a_shape_in(shaped):
        if kind.beside and not any(word in (lowered if word.islower() else text) for word in kind.beside):
            continue
        for match in kind.pattern.finditer(text):
            start, end = match.span()
            if any(start < other.end and other.start < end for other in found):
                continue
            word_at = _word_beside(kind, text, start, end) if kind.beside else -1
            if word_at is not None and _is_valid(kind, match[0]):
                compact = re.sub(r"[\W_]", "", match[0]).upper()
                found.append(FoundId(kind.name, start, end, compact, word_at))
    yield from sorted(found, key=lambda one: one.start)


def _with_a_shape_in(shaped: bytes) -> list[NationalId]:
    present = {shape for shape in SHAPES if shape in shaped}
    return [kind for kind in IDS if not present.isdisjoint(kind.shapes)]


def _word_beside(kind: NationalId, text: str, start: int, end: int) -> int | None:
    """Where the nearest of the words before it begins, else one after it; short ones must be whole words."""
    first = max(0, start - _NEAR)
    near = text[first : end + _NEAR]
    own = [word for word in kind.beside if word.islower() or near != near.upper()]
    places = [first + match.start() for word in own for match in _word_pattern(word).finditer(near)]
    before = [place for place in places if place < start]
    return max(before) if before else min(places, default=None)


@cache
def _word_pattern(word: str) -> re.Pattern[str]:
    whole = r"(?![^\W_])" if len(word) < _WHOLE else ""
    return re.compile(rf"(?<![^\W_]){word}{whole}", re.IGNORECASE if word.islower() else re.NOFLAG)


def _is_valid(kind: NationalId, number: str) -> bool:
    compact = re.sub(r"\D", "", number)
    if compact in _NOT_IDS or len(set(compact)) == 1:
        return False
    if not kind.module:
        return True
    return bool(import_module(f"stdnum.{kind.module}").is_valid(number))
