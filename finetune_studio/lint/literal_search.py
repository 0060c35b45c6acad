"""Many literals searched in one text at once: by the rarest two bytes of each, all found in one pass."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from finetune_studio.lint.facts import Array

_SAMPLE = 1 << 20
"""Bytes of the first text by which it is told what is rare."""


class LiteralSearch:
    """Looks for a fixed set of literals of two bytes or more: as they are where they hold capitals, else
    without regard to case."""

    def __init__(self, literals: Iterable[bytes]) -> None:
        self.literals = frozenset(literal for literal in literals if len(literal) > 1)
        self._pairs: dict[bytes, tuple[int, int]] | None = None
        """By literal: its rarest pair, and where in the literal that stands."""
        self._is_wanted = np.zeros(1 << 16, dtype=bool)

    def places(self, text: bytes, lowered: bytes) -> dict[bytes, Array]:
        """Where each literal begins in the text."""
        pairs_of = self._pairs or self._chosen(lowered)
        whole = np.frombuffer(text, dtype=np.uint8)
        small = np.frombuffer(lowered, dtype=np.uint8)
        where, pair = self._candidates(lowered)
        found: dict[bytes, Array] = {}
        for literal, (wanted, offset) in pairs_of.items():
            first, last = np.searchsorted(pair, (wanted, wanted + 1))
            at = where[first:last] - offset
            at = at[(at >= 0) & (at + len(literal) <= len(whole))]
            searched = whole if literal != literal.lower() else small
            for index, byte in enumerate(literal):
                if not len(at):
                    break
                at = at[searched[at + index] == byte]
            found[literal] = at
        return found

    def _chosen(self, lowered: bytes) -> dict[bytes, tuple[int, int]]:
        counts = np.bincount(_pairs_at(lowered[:_SAMPLE], 0), minlength=1 << 16)
        counts += np.bincount(_pairs_at(lowered[:_SAMPLE], 1), minlength=1 << 16)
        chosen: dict[bytes, tuple[int, int]] = {}
        for literal in sorted(self.literals):
            small = literal.lower()
            numbers = [small[n] | small[n + 1] << 8 for n in range(len(small) - 1)]
            rarest = min(range(len(numbers)), key=lambda n: counts[numbers[n]])
            chosen[literal] = numbers[rarest], rarest
        self._is_wanted[[number for number, _ in chosen.values()]] = True
        self._pairs = chosen
        return chosen

    def _candidates(self, lowered: bytes) -> tuple[Array, Array]:
        """Places of all wanted pairs, by pair and then by place, and the pairs."""
        places, pairs = [], []
        for start in (0, 1):
            own = _pairs_at(lowered, start)
            at = np.flatnonzero(np.take(self._is_wanted, own))
            places.append(at * 2 + start)
            pairs.append(own[at])
        where, pair = np.concatenate(places), np.concatenate(pairs)
        order = np.lexsort((where, pair))
        return where[order], pair[order].astype(np.int64)


def _pairs_at(text: bytes, start: int) -> Array:
    """Every second pair of bytes from `start` on, as a number."""
    count = (len(text) - start) // 2
    if count < 1:
        return np.zeros(0, dtype="<u2")
    return np.frombuffer(text, dtype="<u2", offset=start, count=count)


@lru_cache(maxsize=4)
def search_for(literals: frozenset[bytes]) -> LiteralSearch:
    """One search a set and process: what is rare is told once."""
    return LiteralSearch(literals)
