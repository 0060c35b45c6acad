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

    def having(self, is_wanted: Array) -> "Shingles":
        """Those of some parts; `is_wanted` is by part."""
        is_chosen = is_wanted[self.part]
        if is_chosen.all():
            return self
        chosen = np.flatnonzero(is_chosen)
        ends = np.searchsorted(chosen, np.cumsum(self.counts))
        return Shingles(np.diff(ends, prepend=0), self.part[chosen], self.value[chosen])


def shingles_of(words: Words, counts: Array, part: Array) -> Shingles:
    """All shingles over the joined texts of each document.

    Documents have so many texts each, that follow one another, and `part` is by text.
    """
    of_text = words.counts
    ends = np.concatenate([[0], np.cumsum(of_text)])[np.cumsum(counts)]
    of_document = np.diff(ends, prepend=0)
    found = _triples(words.hashes, np.repeat(part, of_text), np.cumsum(of_text), of_document)
    asked = np.flatnonzero((part == USER) & (of_text > 0) & (of_text < WIDTH))
    few = np.flatnonzero((of_document > 0) & (of_document < WIDTH))
    if not len(asked) and not len(few):
        return found
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(of_text) - of_text
    return _with_short(
        found,
        np.concatenate([owner[asked], few]),
        np.repeat(np.array([SHORT, OTHER], dtype=np.uint8), (len(asked), len(few))),
        np.concatenate(
            [
                _short(words.hashes, first[asked], of_text[asked]),
                _short(words.hashes, ends[few] - of_document[few], of_document[few]),
            ]
        ),
    )


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
        parts[is_system[2:] | is_system[1:-1] | is_system[:-2]] = SYSTEM
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


def _with_short(found: Shingles, owner: Array, part: Array, value: Array) -> Shingles:
    """All of them by document."""
    owners = np.concatenate([np.repeat(np.arange(len(found.counts)), found.counts), owner])
    order = np.argsort(owners.astype(np.uint16), kind="stable")
    return Shingles(
        found.counts + np.bincount(owner, minlength=len(found.counts)),
        np.concatenate([found.part, part])[order],
        np.concatenate([found.value, value])[order],
    )
