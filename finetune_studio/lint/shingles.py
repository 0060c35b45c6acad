"""Word shingles of many texts at once: words of the joined bytes as 64-bit hashes, three words a shingle.

A word is what `\\w+` finds in the text in lower case. Scripts that put no spaces between words count each
character as one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import Array

WIDTH = 3
"""Words of a shingle."""

USER, OTHER, SYSTEM, SHORT, ANSWER = range(5)
"""Parts of a conversation: shingles within one user message; of the rest; with a word of the system prompt;
user messages of less than three words, which only a comparison of questions counts; in the last answer."""
PARTS = 5

_MARK = b"\xff"
_PUNCTUATION = re.compile(r"[^\w\s]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_") | frozenset(range(0x80, 0xFF))
_FOLD = bytes(
    ord(chr(b).lower()) if b < 0x80 and ord(chr(b).lower()) in _WORD_BYTES else b if b in _WORD_BYTES else 0
    for b in range(256)
)
_LONGEST = 64
"""Bytes of a word that are looked at; longer ones differ by their length too."""

_MIX = np.uint64(0xBF58476D1CE4E5B9)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = (np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB))
_HALF = np.uint64(32)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [(1 << 64) - 1], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Words:
    """Hashes of all words in order, and the text that each is of."""

    hashes: Array
    text: Array
    has_digit: Array


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingles by document, then part; one that a document has twice is here twice."""

    document: Array
    part: Array
    value: Array

    def of(self, parts: Sequence[int]) -> "Shingles":
        """Those in some of the parts."""
        chosen = np.isin(np.arange(PARTS), parts)[self.part]
        return Shingles(self.document[chosen], self.part[chosen], self.value[chosen])


def words_of(texts: Sequence[str]) -> Words:
    """Split and hash the words of all texts."""
    pieces = [t.encode() if t.isascii() else _folded(t) for t in texts]
    joined = (b"\n" + _MARK.join(pieces) + b"\n").translate(_FOLD)
    ends_of_texts = np.cumsum([len(piece) + 1 for piece in pieces])
    raw = np.frombuffer(joined, dtype=np.uint8)
    is_word = raw != 0
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]) + 1
    starts, ends = edges[0::2], edges[1::2]
    counts = np.diff(np.searchsorted(starts, ends_of_texts), prepend=0)
    first = raw[starts]
    return Words(
        _hashes(joined + bytes(8), starts, ends - starts),
        np.repeat(np.arange(len(pieces)), counts),
        (first >= 0x30) & (first <= 0x39),
    )


def shingles_of(words: Words, document: Array, part: Array) -> Shingles:
    """All shingles over the joined texts of each document.

    `document` and `part` are by text: documents count from 0 (up to 13,000) and their texts follow.
    """
    owner = document[words.text]
    asked = part[words.text] == USER
    asked_words = Words(words.hashes[asked], words.text[asked], words.has_digit)
    found = (
        _triples(words, owner, part[words.text]),
        _short_runs(words, owner, owner, OTHER),
        _short_runs(asked_words, asked_words.text, owner[asked], SHORT),
    )
    owners, parts, values = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = np.argsort((owners * PARTS + parts).astype(np.uint16), kind="stable")
    return Shingles(owners[order], parts[order], mixed(values[order]))


def mixed(values: Array) -> Array:
    """Every bit of a 64-bit value spread over all (the end of splitmix64)."""
    out: Array = values ^ (values >> np.uint64(31))
    out *= _MIX
    out ^= out >> np.uint64(29)
    return out


def _folded(text: str) -> bytes:
    plain = _PUNCTUATION.sub(" ", text.lower())
    return _UNSPACED.sub(r" \g<0> ", plain).encode("utf-8", "surrogatepass")


def _hashes(padded: bytes, starts: Array, lengths: Array) -> Array:
    """Eight bytes of each word at a time; most words have no more."""
    eights = np.ndarray(len(padded) - 7, dtype="<u8", buffer=padded, strides=(1,))
    found = (eights[starts] & _MASKS[np.minimum(lengths, 8)]) * _STEP
    found ^= found >> _HALF
    rest = np.flatnonzero(lengths > 8)
    if len(rest):
        found[rest] += lengths[rest].astype(np.uint64)
    taken = 8
    while len(rest) and taken < _LONGEST:
        more = eights[starts[rest] + taken] & _MASKS[np.minimum(lengths[rest] - taken, 8)]
        found[rest] = mixed((found[rest] * _MIX) ^ (more * _STEP))
        taken += 8
        rest = rest[lengths[rest] > taken]
    return found


_Found = tuple[Array, Array, Array]


def _triples(words: Words, owner: Array, part: Array) -> _Found:
    """Owner, part and value of each three words in a row of one document."""
    if len(owner) < WIDTH:
        return owner[:0], owner[:0], words.hashes[:0]
    hashes = words.hashes
    value = hashes[:-2] * _FACTORS[0]
    value += hashes[1:-1] * _FACTORS[1]
    value += hashes[2:] * _FACTORS[2]
    parts = np.where(words.text[2:] == words.text[:-2], part[2:], OTHER)
    system = part == SYSTEM
    parts[system[2:] | system[1:-1] | system[:-2]] = SYSTEM
    inside = owner[2:] == owner[:-2]
    return owner[2:][inside], parts[inside], value[inside]


def _short_runs(words: Words, run: Array, owner: Array, part: int) -> _Found:
    """A shingle for each run of equal values in `run` that is shorter than one."""
    if not len(run):
        return run, run, words.hashes[:0]
    starts = np.flatnonzero(np.r_[True, run[1:] != run[:-1]])
    lengths = np.diff(np.r_[starts, len(run)])
    starts, lengths = starts[lengths < WIDTH], lengths[lengths < WIDTH]
    value = words.hashes[starts] * _FACTORS[0]
    two = lengths == WIDTH - 1
    value[two] += words.hashes[starts[two] + 1] * _FACTORS[1]
    return owner[starts], np.full(len(starts), part), value
