"""Many texts as one run of bytes, so that numpy looks at all of them at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, cached_property

import numpy as np

from finetune_studio.lint.facts import Array

MARK = 0xFF
"""Stands after each text: no byte of UTF-8 is this one."""
MARK_BYTES = bytes([MARK])
_FIRST_LEAD = 0xC0
_REST = np.uint8(0x3F)
_POINTS = 0x110000
_FEW = 10_000
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class Kind(IntEnum):
    """What a character is; one of a script without spaces between its words is UNSPACED."""

    WORD = 0
    UNSPACED = 1
    SPACE = 2
    OTHER = 3


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """Characters beyond ASCII in order: where each begins, its bytes, its code point, its Kind.

    `lower` is the code point of the small letter where that takes as many bytes, else `point`.
    """

    place: Array
    length: Array
    point: Array
    kind: Array
    lower: Array


@dataclass(frozen=True, eq=False)
class TextBlock:
    """`joined` is UTF-8; the n-th text stands from `starts[n]` to `ends[n]`, and then the mark."""

    joined: bytes
    starts: Array
    ends: Array

    def __len__(self) -> int:
        return len(self.starts)

    def with_more(self, texts: Sequence[str]) -> "TextBlock":
        """A block with others after its own."""
        if not texts:
            return self
        more, own = block_of(texts), len(self.joined)
        return TextBlock(
            self.joined + more.joined,
            np.concatenate([self.starts, more.starts + own]),
            np.concatenate([self.ends, more.ends + own]),
        )

    @cached_property
    def foreign(self) -> Foreign:
        """The characters beyond ASCII."""
        return _foreign(np.frombuffer(self.joined, dtype=np.uint8))


def block_of(texts: Sequence[str]) -> TextBlock:
    """Lone surrogates are encoded as if they were characters."""
    try:
        pieces = [text.encode() for text in texts]
    except UnicodeEncodeError:
        pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    lengths = np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces))
    ends = np.cumsum(lengths + 1) - 1
    pieces.append(b"")
    return TextBlock(MARK_BYTES.join(pieces), ends - lengths, ends)


def _foreign(raw: Array) -> Foreign:
    place = np.flatnonzero(raw >= _FIRST_LEAD)
    lead = raw[place]
    place, lead = place[lead != MARK], lead[lead != MARK]
    length = 2 + (lead >= 0xE0).astype(np.uint8) + (lead >= 0xF0)
    point = (lead & (np.uint8(0x7F) >> length)).astype(np.uint32)
    for offset in range(1, 4):
        longer = np.flatnonzero(length > offset)
        if not len(longer):
            break
        rest = raw[place[longer] + offset] & _REST
        point[longer] = (point[longer] << np.uint32(6)) | rest
    kind, lower = _told(point)
    return Foreign(place, length, point, kind, lower)


def _told(points: Array) -> tuple[Array, Array]:
    """The kind and the small letter of each code point; each is asked for once, however often it is there."""
    if len(points) < _FEW:
        distinct, number = np.unique(points, return_inverse=True)
        return _parts(np.array([_kind_and_lower(p) for p in distinct.tolist()], dtype=np.uint32)[number])
    is_there = np.zeros(_POINTS, dtype=bool)
    is_there[points] = True
    distinct = np.flatnonzero(is_there)
    table = np.zeros(_POINTS, dtype=np.uint32)
    table[distinct] = [_kind_and_lower(point) for point in distinct.tolist()]
    return _parts(table[points])


def _parts(found: Array) -> tuple[Array, Array]:
    return (found >> np.uint32(24)).astype(np.uint8), found & np.uint32(0xFFFFFF)


@cache
def _kind_and_lower(point: int) -> int:
    character = chr(point)
    small = character.lower()
    if len(small) != 1 or _bytes_of(ord(small)) != _bytes_of(point):
        small = character
    return _kind_of(character) << 24 | ord(small)


def _kind_of(character: str) -> Kind:
    if not character.isalnum():
        return Kind.SPACE if character.isspace() else Kind.OTHER
    return Kind.UNSPACED if _UNSPACED.match(character) else Kind.WORD


def _bytes_of(point: int) -> int:
    return 1 + (point >= 0x80) + (point >= 0x800) + (point >= 0x10000)
