"""Which lines may hold a key twice, found by counting bytes.

In JSON a quote followed by a colon ends a key, unless the quote is escaped. So the number of keys in the
text is count('":') - count('\\":'), as long as no white space stands before a colon and no key ends in
a backslash. Where that equals the number of keys of the parsed value, no key is there twice.
"""

import re
from collections.abc import Sequence
from typing import Any

_SPACED = re.compile(rb'"[ \t\r\n]+:')
_BACKSLASH_KEY = b'\\\\":'


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


def suspects(lines: Sequence[bytes], joined: bytes, expected: Sequence[int]) -> list[int]:
    """Positions of the lines that the strict reader must look at; `expected` are the parsed values' keys."""
    if _is_countable(joined) and _written_keys(joined) == sum(expected):
        return []
    return [
        position
        for position, (line, keys) in enumerate(zip(lines, expected, strict=True))
        if _written_keys(line) != keys or not _is_countable(line, thorough=True)
    ]


def _written_keys(text: bytes) -> int:
    return text.count(b'":') - text.count(b'\\":')


def _is_countable(text: bytes, *, thorough: bool = False) -> bool:
    if _BACKSLASH_KEY in text:
        return False
    if thorough:
        return _SPACED.search(text) is None
    return all(
        text.count(b'"' + space) == text.count(b'\\"' + space) for space in (b" ", b"\t", b"\r", b"\n")
    )
