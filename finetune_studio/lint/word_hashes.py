"""The words of many texts at once, each as a 64-bit hash of its bytes in small letters.

A word is what `\\w+` finds in the text in lower case. Scripts that put no spaces between words count each
character as one.
"""

from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import Array
from finetune_studio.lint.text_block import Foreign, Kind, TextBlock

_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(range(0x80, 0xFF))
_FOLD = bytes(
    ord(chr(b).lower()) if b < 0x80 and ord(chr(b).lower()) in _WORD_BYTES else b if b in _WORD_BYTES else 0
    for b in range(256)
)
_LONGEST = 64
"""Bytes of a word that are looked at; longer ones differ by their length too."""
_EIGHT = 8
_LEADS = np.array([0, 0, 0xC0, 0xE0, 0xF0], dtype=np.uint32)
"""By the bytes of a character."""

_MIX = np.uint64(0xBF58476D1CE4E5B9)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [(1 << 64) - 1], dtype=np.uint64)


def mixed(values: Array) -> Array:
    """Every bit of a 64-bit value spread over all (the end of splitmix64)."""
    out: Array = values >> np.uint64(31)
    out ^= values
    out *= _MIX
    out ^= out >> np.uint64(29)
    return out


def sums(values: Array, counts: Array) -> Array:
    """Sums modulo 2^64 of so many values, of so many after them, and so on."""
    found = np.zeros(len(counts), dtype=np.uint64)
    filled = np.flatnonzero(counts)
    if len(filled):
        ends = np.cumsum(counts[filled])
        found[filled] = np.add.reduceat(values, ends - counts[filled])
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """Hashes of all words in order, how many each text has, and whether they begin with a digit."""

    hashes: Array
    counts: Array
    has_digit: Array


@dataclass(frozen=True, slots=True, eq=False)
class WordBytes:
    """The bytes of a block in small letters, 0 where there is no word, and eight more.

    `breaks` are the places where a word begins though the byte before is of a word.
    """

    block: TextBlock
    folded: bytes
    breaks: Array

    def words(self, first: int, last: int) -> Words:
        """The words of the texts from `first` to before `last`."""
        if first == last:
            nothing = np.zeros(0, dtype=np.uint64)
            return Words(nothing, nothing.astype(np.int64), nothing.astype(bool))
        begin, end = int(self.block.starts[first]), int(self.block.ends[last - 1])
        starts, ends = self._places(begin, end)
        limits = np.searchsorted(starts, self.block.ends[first:last] - begin)
        own = self.folded[begin : end + _EIGHT]
        head = np.frombuffer(own, dtype=np.uint8)[starts]
        return Words(
            _hashes(own, starts, ends - starts),
            np.diff(limits, prepend=0),
            (head - np.uint8(0x30)) < 10,
        )

    def _places(self, begin: int, end: int) -> tuple[Array, Array]:
        """Where words begin and end, from `begin` on."""
        is_word = np.zeros(end - begin + 2, dtype=bool)
        is_word[1:-1] = np.frombuffer(self.folded, dtype=np.uint8, offset=begin, count=end - begin)
        edges = np.flatnonzero(is_word[1:] != is_word[:-1])
        breaks = self.breaks[slice(*np.searchsorted(self.breaks, (begin + 1, end)))] - begin
        if not len(breaks):
            return edges[0::2], edges[1::2]
        return np.sort(np.r_[edges[0::2], breaks]), np.sort(np.r_[edges[1::2], breaks])


def word_bytes_of(block: TextBlock) -> WordBytes:
    folded = bytearray(block.joined.translate(_FOLD))
    folded += bytes(_EIGHT)
    breaks = np.zeros(0, dtype=np.int64)
    if len(block.foreign.place):
        raw = np.frombuffer(folded, dtype=np.uint8)
        _fold_foreign(raw, block.foreign)
        breaks = _breaks(raw, block.foreign)
    return WordBytes(block, bytes(folded), breaks)


def _fold_foreign(raw: Array, foreign: Foreign) -> None:
    capital = np.flatnonzero(foreign.lower != foreign.point)
    for length in (2, 3, 4):
        some = capital[foreign.length[capital] == length]
        point = foreign.lower[some]
        for offset in range(length - 1, 0, -1):
            raw[foreign.place[some] + offset] = (point & np.uint32(0x3F)) | np.uint32(0x80)
            point = point >> np.uint32(6)
        raw[foreign.place[some]] = point | _LEADS[length]
    no_word = np.flatnonzero(foreign.kind >= Kind.SPACE)
    for offset in range(4):
        raw[foreign.place[no_word] + offset] = 0
        no_word = no_word[foreign.length[no_word] > offset + 1]


def _breaks(raw: Array, foreign: Foreign) -> Array:
    """Before and behind each character of a script without spaces, where words go on."""
    alone = foreign.kind == Kind.UNSPACED
    if not alone.any():
        return np.zeros(0, dtype=np.int64)
    begins = foreign.place[alone]
    places = distinct(np.r_[begins, begins + foreign.length[alone]])
    places = places[places > 0]
    found: Array = places[(raw[places] != 0) & (raw[places - 1] != 0)]
    return found


def _hashes(padded: bytes, starts: Array, lengths: Array) -> Array:
    """Eight bytes of each word at a time; most words have no more."""
    eights = np.ndarray(len(padded) - 7, dtype="<u8", buffer=padded, strides=(1,))
    found = eights.take(starts)
    found &= _MASKS[np.minimum(lengths, _EIGHT)]
    found *= _STEP
    found ^= found >> _HALF
    rest = np.flatnonzero(lengths > _EIGHT)
    if len(rest):
        found[rest] += lengths[rest].astype(np.uint64)
    taken = _EIGHT
    while len(rest) and taken < _LONGEST:
        more = eights[starts[rest] + taken] & _MASKS[np.minimum(lengths[rest] - taken, _EIGHT)]
        found[rest] = mixed((found[rest] * _MIX) ^ (more * _STEP))
        taken += _EIGHT
        rest = rest[lengths[rest] > taken]
    return found
