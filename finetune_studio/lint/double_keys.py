"""Which lines may hold a key twice, found by counting bytes.

In JSON a quote followed by a colon ends a key, unless the quote is escaped. So the number of keys in the
text is count('":') - count('\\":'), as long as no white space stands before a colon and no key ends in
a backslash. Where that equals the number of keys of the parsed value, no key is there twice.
"""

from collections.abc import Sequence
from typing import Any

_SPACES = b" \t\r\n"
_QUOTE = ord('"')
_BACKSLASH = ord("\\")
_SPACED_COLONS = (b" :", b"\t:", b"\r:", b"\n:")
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
        if _written_keys(line) != keys or not _is_countable(line)
    ]


def _written_keys(text: bytes) -> int:
    return text.count(b'":') - text.count(b'\\":')


def _is_countable(text: bytes) -> bool:
    """No key ends in a backslash, and none has white space before its colon."""
    return _BACKSLASH_KEY not in text and not any(_has_spaced_key(text, colon) for colon in _SPACED_COLONS)


def _has_spaced_key(text: bytes, spaced_colon: bytes) -> bool:
    """Whether a quote that is not escaped stands before the white space before a colon."""
    position = text.find(spaced_colon)
    while position >= 0:
        quote = position
        while quote >= 0 and text[quote] in _SPACES:
            quote -= 1
        if quote >= 0 and text[quote] == _QUOTE:
            start = quote
            while start > 0 and text[start - 1] == _BACKSLASH:
                start -= 1
            if (quote - start) % 2 == 0:
                return True
        position = text.find(spaced_colon, position + 1)
    return False
