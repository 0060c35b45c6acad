"""Fields of a template, written {{like this}} in its texts: which there are, and how they are filled."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from finetune_studio.domain.errors import InputError

_FIELD = re.compile(r"\{\{[ \t]*([^{}\r\n]{1,60}?)[ \t]*\}\}")
_NOT_IN_NAME = re.compile(r"[{}\r\n]+")
_TEXT_KEYS = frozenset(("content", "text", "refusal", "arguments"))
_CELL_LIMIT = 4_000_000
"""Characters of one cell of a table."""


def fields_of(value: Any) -> tuple[str, ...]:
    """The names of all fields in the texts of a value, in the order in which they are first met."""
    found: dict[str, None] = {}

    def note(text: str) -> str:
        found.update(dict.fromkeys(_FIELD.findall(text)))
        return text

    _mapped(value, note)
    return tuple(found)


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """The value with fields filled; a field that `values` does not name stays as it is.

    Within a text that is JSON (arguments of a call, an answer in JSON) the values are escaped for it.
    """

    def filled(text: str) -> str:
        if "{{" not in text:
            return text
        in_json = _is_json(_FIELD.sub("0", text))

        def put(match: re.Match[str]) -> str:
            given = values.get(match[1])
            if given is None:
                return match[0]
            return json.dumps(given, ensure_ascii=False)[1:-1] if in_json else given

        return _FIELD.sub(put, text)

    return _mapped(value, filled)


def make_fields(value: Any, words: Mapping[str, str]) -> Any:
    """The opposite: `words` (a text -> the name of its field) become fields in all texts of messages."""
    pairs = {
        spelled: field for word, name in words.items() if word for spelled, field in _spelled(word, name)
    }
    if not pairs:
        return value
    pattern = re.compile("|".join(re.escape(word) for word in sorted(pairs, key=len, reverse=True)))
    return _mapped(value, lambda text: pattern.sub(lambda match: pairs[match[0]], text), _TEXT_KEYS)


def count_places(value: Any, word: str) -> int:
    """How often a text stands in the texts of messages."""
    number = 0

    def look(text: str) -> str:
        nonlocal number
        number += max((text.count(spelled) for spelled, _ in _spelled(word, "")), default=0)
        return text

    if word:
        _mapped(value, look, _TEXT_KEYS)
    return number


def field_name(text: str) -> str:
    """A name that can stand between the braces; empty where nothing is left of it."""
    return " ".join(_NOT_IN_NAME.sub(" ", text).split())[:60].strip()


@dataclass(frozen=True, slots=True)
class TableRows:
    """What a table gives a template: a mapping a row, columns without a field, fields without a column."""

    rows: tuple[dict[str, str], ...]
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def rows_of_table(text: str, fields: Sequence[str]) -> TableRows:
    """Read CSV or TSV, by its header, or by its columns in the order of the fields where it has none.

    Raises InputError when it is not a table that fits.
    """
    lines = _cells(text)
    if not lines:
        return TableRows((), (), tuple(fields))
    by_name = {name.casefold(): name for name in fields}
    head = [cell.strip() for cell in lines[0]]
    names = [by_name.get(cell.casefold().strip("{} ")) for cell in head]
    if any(names):
        body = lines[1:]
        unknown = tuple(cell for cell, name in zip(head, names, strict=True) if name is None and cell)
    elif len(head) == len(fields):
        names, body, unknown = list(fields), lines, ()
    else:
        raise InputError(
            f"The first row names none of the fields, and has {len(head)} columns where there are "
            f"{len(fields)} fields.",
            "Begin with a row of field names.",
        )
    rows = tuple({name: cell for name, cell in zip(names, line, strict=False) if name} for line in body)
    return TableRows(rows, unknown, tuple(name for name in fields if name not in names))


def _cells(text: str) -> list[list[str]]:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    comma = ";" if first.count(";") > first.count(",") else ","
    csv.field_size_limit(_CELL_LIMIT)
    try:
        reader = csv.reader(
            io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter="\t" if "\t" in first else comma
        )
        return [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise InputError(f"This table cannot be read: {error}.") from error


def _mapped(
    value: Any, change: Callable[[str], str], keys: frozenset[str] | None = None, key: str = ""
) -> Any:
    """The value with its strings changed; with `keys`, only strings at those keys."""
    if isinstance(value, str):
        return change(value) if keys is None or key in keys else value
    if isinstance(value, dict):
        return {name: _mapped(each, change, keys, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, change, keys, key) for each in value]
    return value


def _spelled(word: str, name: str) -> list[tuple[str, str]]:
    """A word as it stands in plain text and in JSON within a text."""
    field = f"{{{{{name}}}}}"
    return [(word, field), (json.dumps(word, ensure_ascii=False)[1:-1], field)]


def _is_json(text: str) -> bool:
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
