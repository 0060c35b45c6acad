"""Which lines may hold a key twice, found by counting bytes.

In JSON a quote followed by a colon ends a key, unless the quote is escaped. So the number of keys in the
text is count('":') - count('\\":'), as long as no white space stands before a colon and no key ends in
a backslash. Where that equals the number of keys of the parsed value, no key is there twice.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels.keys import count_keys as count_keys_in

_SPACES = b" \t\r\n"
_COLON = ord(":")
_QUOTE = ord('"')
_BACKSLASH = ord("\\")
_IS_SPACE = np.isin(np.arange(256), list(_SPACES))


def count_keys(value: Any) -> int:
    """Keys of all objects inside a parsed value."""
    total = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            total += len(item)
            waiting.extend(v for v in item.values() if isinstance(v, (dict, list)))
        elif isinstance(item, list):
            waiting.extend(v for v in item if isinstance(v, (dict, list)))
    return total


def suspects(joined: bytes, starts: Sequence[int], expected: Array) -> list[int]:
    """Positions of the lines that the strict reader must look at; `expected` are the parsed values' keys.

    The lines stand in `joined` from `starts` on, whose last one is its end.
    """
    written, is_unsure = keys_written(joined, np.array(starts, dtype=np.int64))
    found: list[int] = np.flatnonzero(is_unsure | (written != expected)).tolist()
    return found


def keys_written(joined: bytes, starts: Array) -> tuple[Array, Array]:
    """Of each line the keys that end without white space before the colon, and whether another one may."""
    if (kernels := library()) is not None:
        return count_keys_in(kernels, joined, starts)
    raw = np.frombuffer(joined, dtype=np.uint8)
    colons = np.flatnonzero(raw == _COLON)
    colons = colons[colons > 2]
    before = raw[colons - 1]
    ends_key = colons[before == _QUOTE]
    escaped = raw[ends_key - 2] == _BACKSLASH
    written = np.diff(np.searchsorted(ends_key[~escaped], starts))
    is_unsure = np.zeros(len(written), dtype=bool)
    doubly = ends_key[escaped]
    is_unsure[_lines_of(doubly[raw[doubly - 3] == _BACKSLASH], starts)] = True
    spaced = colons[_IS_SPACE[before]]
    for colon, position in zip(spaced.tolist(), _lines_of(spaced, starts).tolist(), strict=True):
        if not is_unsure[position] and _is_after_key(joined, colon):
            is_unsure[position] = True
    return written, is_unsure


def _lines_of(places: Array, starts: Array) -> Array:
    return np.searchsorted(starts, places, side="right") - 1


def _is_after_key(text: bytes, colon: int) -> bool:
    """Whether a quote that is not escaped stands before the white space before a colon."""
    quote = colon - 1
    while quote >= 0 and text[quote] in _SPACES:
        quote -= 1
    if quote < 0 or text[quote] != _QUOTE:
        return False
    start = quote
    while start > 0 and text[start - 1] == _BACKSLASH:
        start -= 1
    return (quote - start) % 2 == 0
