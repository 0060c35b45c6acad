"""Replacing part of a JSON string without touching how the rest of it is spelled."""

import re

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_writer import JsonStyle, encode_value

_CODE_POINT = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


def splice(raw: bytes, start: int | None, end: int | None, text: str, style: JsonStyle) -> bytes:
    """Replace code points `start` to `end` of the string `raw` (with its quotes) by `text`.

    None means the beginning or the end of the text. Raises InputError when the range is not in it.
    """
    inner = raw[1:-1].decode("utf-8")
    new = encode_value(text, style)[1:-1].decode("utf-8")
    first, last = _spelled_range(inner, start, end) if "\\" in inner else _plain_range(inner, start, end)
    return f'"{inner[:first]}{new}{inner[last:]}"'.encode()


def _plain_range(inner: str, start: int | None, end: int | None) -> tuple[int, int]:
    first = 0 if start is None else start
    last = len(inner) if end is None else end
    _require_range(first, last, len(inner))
    return first, last


def _spelled_range(inner: str, start: int | None, end: int | None) -> tuple[int, int]:
    """The range in the spelled text, where one code point may take twelve characters."""
    bounds = [match.start() for match in _CODE_POINT.finditer(inner)]
    bounds.append(len(inner))
    count = len(bounds) - 1
    first = 0 if start is None else start
    last = count if end is None else end
    _require_range(first, last, count)
    return bounds[first], bounds[last]


def _require_range(first: int, last: int, count: int) -> None:
    if not 0 <= first <= last <= count:
        raise InputError(
            f"The text has {count:,} characters; characters {first:,} to {last:,} cannot be replaced.",
            "The example was changed meanwhile; look at it again.",
        )
