"""Groups of near-duplicates from pairs: all in arrays, but for the few groups that must be parted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.near_pairs import joined_members, settled_labels

_MOST_KEPT = 100_000
MOST_PARTED = 64
"""Rows of a group up to which all its pairs are looked at."""

Similarities = Callable[[Array], Array]
"""Of pairs of rows, (n, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class NearGroup:
    """Rows in order; `similarity` is that of each to the first."""

    rows: Array
    similarity: Array


@dataclass(frozen=True, slots=True, eq=False)
class NearGroups:
    """Groups one after the other, by their first row; the i-th ends where the next one starts.

    `similarity` is that of each row to the first of its group.
    """

    rows: Array
    similarity: Array
    starts: Array

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> NearGroup:
        own = slice(self.starts[index], self.ends[index])
        return NearGroup(self.rows[own], self.similarity[own])

    def __iter__(self) -> Iterator[NearGroup]:
        for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True):
            yield NearGroup(self.rows[start:end], self.similarity[start:end])

    @property
    def ends(self) -> Array:
        return np.append(self.starts[1:], len(self.rows))[: len(self)]

    @property
    def sizes(self) -> Array:
        return self.ends - self.starts

    @property
    def number(self) -> Array:
        """The group of each of `rows`."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def take(self, kept: Array) -> "NearGroups":
        """The rows that a mask names; groups of which less than two are left go."""
        number = self.number
        sizes = np.bincount(number[kept], minlength=len(self))
        kept = kept & (sizes[number] > 1)
        sizes = sizes[sizes > 1]
        return NearGroups(self.rows[kept], self.similarity[kept], np.cumsum(sizes) - sizes)


NO_GROUPS = NearGroups(
    np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
)


def grouped(pairs: Array, threshold: float, look_up: Similarities, kept: "PartedGroups") -> NearGroups:
    """Groups that pairs of that similarity join; `pairs` are (n, 2), the smaller row first.

    Where most pairs of a chain are not similar it is parted (see settled_labels), but for very large groups.
    `kept` are the parted ones of other thresholds, with the same similarities.
    """
    rows, starts, sizes = _joined(pairs)
    is_large = sizes > MOST_PARTED
    stars = _star_pairs(rows, starts[is_large], sizes[is_large])
    within = _all_pairs(rows, starts[~is_large], sizes[~is_large])
    found = look_up(np.concatenate([stars, within]))
    large = _whole(rows, starts[is_large], sizes[is_large], found[: len(stars)], sizes[is_large] - 1)
    others = _parted(rows, starts[~is_large], sizes[~is_large], found[len(stars) :], threshold, kept)
    return _in_order([large, *others])


def ranges(starts: Array, lengths: Array) -> Array:
    """The numbers from each start on, as many as its length, one range after the other."""
    ends = np.cumsum(lengths)
    found: Array = np.repeat(starts - (ends - lengths), lengths)
    found += np.arange(len(found))
    return found


_Part = tuple[Array, Array, Array]
"""Rows, similarities and sizes of some groups."""


class PartedGroups:
    """How chains of rows were parted. A chain is parted in the same way wherever the same of its pairs are
    similar, and as these are always its most similar ones, their number tells which they are."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, int], _Part] = {}

    def part(self, rows: Array, found: Array, near: int, threshold: float) -> _Part:
        """The parts of a chain; `found` are the similarities of its pairs, of which `near` are similar."""
        key = rows.tobytes(), near
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            known = self._known[key] = _settled(rows, found, threshold)
        return known


def _joined(pairs: Array) -> _Part:
    """The rows in pairs by group, where each group starts, and its size."""
    members, label = joined_members(pairs)
    order = np.argsort(label, kind="stable")
    ordered = label[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return members[order], starts, np.diff(np.append(starts, len(ordered)))


def _star_pairs(rows: Array, starts: Array, sizes: Array) -> Array:
    """Pairs of the first row of each group with each other one of it."""
    others = rows[ranges(starts + 1, sizes - 1)]
    return np.stack([np.repeat(rows[starts], sizes - 1), others], axis=1)


def _all_pairs(rows: Array, starts: Array, sizes: Array) -> Array:
    """All pairs within each group, those of its first row first."""
    members = ranges(starts, sizes)
    after = np.repeat(starts + sizes, sizes) - members - 1
    return np.stack([np.repeat(rows[members], after), rows[ranges(members + 1, after)]], axis=1)


def _whole(rows: Array, starts: Array, sizes: Array, found: Array, counts: Array) -> _Part:
    """Groups as they are; the `counts` similarities of each in `found` begin with those of its first row."""
    values = np.ones(int(sizes.sum()), dtype=np.float32)
    is_first = np.zeros(len(values), dtype=bool)
    is_first[np.cumsum(sizes) - sizes] = True
    values[~is_first] = found[ranges(np.cumsum(counts) - counts, sizes - 1)]
    return rows[ranges(starts, sizes)], values, sizes


def _parted(
    rows: Array, starts: Array, sizes: Array, found: Array, threshold: float, kept: PartedGroups
) -> Iterator[_Part]:
    """Groups of which `found` has all pairs: those whose rows are all similar, then parts of the others."""
    counts = sizes * (sizes - 1) // 2
    begins = np.cumsum(counts) - counts
    near = np.concatenate([[0], np.cumsum(found >= threshold)])
    similar = near[begins + counts] - near[begins]
    is_whole = similar == counts
    yield _whole(
        rows, starts[is_whole], sizes[is_whole], found[ranges(begins, counts * is_whole)], counts[is_whole]
    )
    for start, size, begin, count, own in zip(
        *(array[~is_whole].tolist() for array in (starts, sizes, begins, counts, similar)), strict=True
    ):
        yield kept.part(rows[start : start + size], found[begin : begin + count], own, threshold)


def _settled(rows: Array, found: Array, threshold: float) -> _Part:
    count = len(rows)
    label = settled_labels(found, float(np.float32(threshold)), count)
    sizes = np.bincount(label, minlength=count)
    order = np.argsort(label, kind="stable")
    order = order[sizes[label[order]] > 1]
    first = label[order]
    values = np.ones(len(order), dtype=np.float32)
    others = np.flatnonzero(order != first)
    first = first[others]
    values[others] = found[first * (2 * count - first - 1) // 2 - first - 1 + order[others]]
    return rows[order], values, sizes[sizes > 1]


def _in_order(parts: list[_Part]) -> NearGroups:
    """The groups of all parts by their first row."""
    rows, values, sizes = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    starts = np.cumsum(sizes) - sizes
    order = np.argsort(rows[starts], kind="stable")
    places, sizes = ranges(starts[order], sizes[order]), sizes[order]
    return NearGroups(rows[places], values[places], np.cumsum(sizes) - sizes)
