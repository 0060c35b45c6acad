"""Word shingles of many texts at once: three words a shingle, by the part of the conversation they are in."""

from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.word_hashes import Words, mixed

WIDTH = 3
"""Words of a shingle."""

USER, OTHER, ANSWER, SYSTEM, SHORT = range(5)
"""Parts of a conversation: shingles within one user message; of the rest; in the last answer; with a word of
the system prompt; user messages of less than three words, which only a comparison of questions counts."""
AGAIN = 5
"""Shingles of the last answer that an earlier part has too: they count where answers alone are compared."""
PARTS = 6

_FACTORS = (np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB))


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingles by document, of which each has so many; one that a document has twice is here twice."""

    counts: Array
    part: Array
    value: Array

    def of_part(self, part: int) -> "Shingles":
        chosen = np.flatnonzero(self.part == part)
        ends = np.searchsorted(chosen, np.cumsum(self.counts))
        return Shingles(np.diff(ends, prepend=0), self.part[chosen], self.value[chosen])

    def joined(self, other: "Shingles") -> "Shingles":
        """Those of both, of the same documents."""
        if not len(other.value):
            return self
        numbers = np.arange(len(self.counts), dtype=np.uint16)
        owner = np.concatenate([np.repeat(numbers, self.counts), np.repeat(numbers, other.counts)])
        order = np.argsort(owner, kind="stable")
        return Shingles(
            self.counts + other.counts,
            np.concatenate([self.part, other.part])[order],
            np.concatenate([self.value, other.value])[order],
        )


def shingles_of(words: Words, counts: Array, part: Array) -> tuple[Shingles, Shingles]:
    """All shingles over the joined texts of each document, and those of its parts of less than three words.

    The second are SHORT, and of nothing else. Documents have so many texts each, that follow one another, and
    `part` is by text.
    """
    of_text = words.counts
    ends = np.concatenate([[0], np.cumsum(of_text)])[np.cumsum(counts)]
    of_document = np.diff(ends, prepend=0)
    found = _triples(words.hashes, np.repeat(part, of_text), np.cumsum(of_text), of_document)
    few = np.flatnonzero((of_document > 0) & (of_document < WIDTH))
    value = _short(words.hashes, ends[few] - of_document[few], of_document[few])
    found = found.joined(_one_each(few, len(counts), OTHER, value))
    asked = np.flatnonzero((part == USER) & (of_text > 0) & (of_text < WIDTH))
    owner = np.repeat(np.arange(len(counts)), counts)[asked]
    first = np.cumsum(of_text) - of_text
    value = _short(words.hashes, first[asked], of_text[asked])
    return found, _one_each(owner, len(counts), SHORT, value)


def _one_each(owner: Array, count: int, part: int, value: Array) -> Shingles:
    return Shingles(np.bincount(owner, minlength=count), np.full(len(owner), part, dtype=np.uint8), value)


def _triples(hashes: Array, part: Array, text_ends: Array, counts: Array) -> Shingles:
    """Of each three words in a row of one document; `part` is by word."""
    own = np.maximum(counts - (WIDTH - 1), 0)
    if not own.any():
        return Shingles(own, part[:0], hashes[:0])
    parts = part[WIDTH - 1 :].copy()
    for behind in range(WIDTH - 1):
        crossing = text_ends[:-1] + behind
        parts[crossing[(crossing >= WIDTH - 1) & (crossing < len(part))] - (WIDTH - 1)] = OTHER
    is_system = part == SYSTEM
    if is_system.any():
        of_system = is_system[2:] | is_system[1:-1] | is_system[:-2]
        parts *= ~of_system
        parts += of_system * np.uint8(SYSTEM)
    value = hashes[:-2] * _FACTORS[0]
    value += hashes[1:-1] * _FACTORS[1]
    value += hashes[2:] * _FACTORS[2]
    inside = ranges(np.cumsum(counts) - counts, own)
    return Shingles(own, parts[inside], mixed(value[inside]))


def _short(hashes: Array, first: Array, counts: Array) -> Array:
    """The value of runs of one word or two."""
    value = hashes[first] * _FACTORS[0]
    two = counts == WIDTH - 1
    value[two] += hashes[first[two] + 1] * _FACTORS[1]
    return mixed(value)
