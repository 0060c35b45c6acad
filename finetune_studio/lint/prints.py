"""Jaccard similarity of pairs of rows, by the 16-bit prints of their shingles."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import Array
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.sketches import SketchBatch

_PRINT_BITS = 16
_ROWS_AT_ONCE = 16
"""Rows whose prints are marked in a table at a time: 1 MB, so that it stays in the processor's cache."""
_PAIRS_AT_ONCE = 256
_LONG = 100
"""Prints of a row, on average, from which copying row by row pays."""


class Prints:
    """The distinct prints of some rows in some parts of the conversation, ready to be compared.

    Long texts keep only some of their prints (see sketches.levels_of); a row is thinned to the highest level
    of its parts, and both rows of a pair to the higher level of the two.
    """

    def __init__(
        self, batches: Sequence[SketchBatch], place: Array, rows: Array, parts: Sequence[int]
    ) -> None:
        """`place` gives each row's position in the batches, one after the other; `rows` ascend.

        No print is in two of the `parts` of a row (see SketchBatch).
        """
        self._rows = rows
        self._level = np.zeros(len(rows), dtype=np.uint8)
        self._sizes = np.zeros(len(rows), dtype=np.int64)
        self._starts = np.zeros(len(rows), dtype=np.int64)
        pieces = [np.zeros(0, dtype=np.uint16)]
        begin = 0
        for batch, local, slots in _by_batch(batches, place[rows]):
            level = self._level[slots] = batch.levels[local][:, list(parts)].max(axis=1)
            for chosen in (level == 0, level > 0):
                if chosen.any():
                    own = slots[chosen]
                    sizes, found = _gathered(batch, local[chosen], parts, level[chosen])
                    self._sizes[own], self._starts[own] = sizes, begin + np.cumsum(sizes) - sizes
                    begin += len(found)
                    pieces.append(found)
        self._prints: Array = np.concatenate(pieces)

    def by_row(self) -> tuple[Array, Array]:
        """How many prints each row has, and the prints row by row."""
        return self._sizes, _pieces(self._prints, self._starts, self._sizes)

    def similarities(self, pairs: Array) -> Array:
        """Of each pair of rows, (n, 2); 0 of nothing."""
        slots = np.searchsorted(self._rows, pairs)
        found = np.zeros(len(pairs), dtype=np.float32)
        level = self._level[slots]
        for chosen, compare in (
            (level[:, 0] == level[:, 1], self._compared_at_once),
            (level[:, 0] != level[:, 1], self._compared_by_level),
        ):
            if chosen.any():
                found[chosen] = compare(slots[chosen])
        return found

    def _compared_at_once(self, slots: Array) -> Array:
        order = np.argsort(slots[:, 0], kind="stable")
        left, right = slots[order, 0], slots[order, 1]
        is_new = np.diff(left, prepend=-1) != 0
        distinct, number = left[is_new], np.cumsum(is_new) - 1
        common = np.zeros(len(slots), dtype=np.int64)
        table = np.zeros(_ROWS_AT_ONCE << _PRINT_BITS, dtype=np.uint8)
        starts = range(0, len(distinct), _ROWS_AT_ONCE)
        cuts = np.searchsorted(number, [*starts, len(distinct)]).tolist()
        for start, begin, end in zip(starts, cuts[:-1], cuts[1:], strict=True):
            own = distinct[start : start + _ROWS_AT_ONCE]
            marks = self._places(own, np.arange(len(own)))
            table[marks] = 1
            for at in range(begin, end, _PAIRS_AT_ONCE):
                some = slice(at, min(at + _PAIRS_AT_ONCE, end))
                common[some] = self._hits(table, right[some], number[some] - start)
            table[marks] = 0
        total = self._sizes[left] + self._sizes[right] - common
        found = np.zeros(len(slots))
        found[order] = common / np.maximum(total, 1)
        return found

    def _places(self, slots: Array, lines: Array) -> Array:
        """Where the prints of the slots stand in the table, each in its line."""
        sizes = self._sizes[slots]
        places = np.repeat(lines.astype(np.int64) << _PRINT_BITS, sizes)
        places |= _pieces(self._prints, self._starts[slots], sizes)
        return places

    def _hits(self, table: Array, slots: Array, lines: Array) -> Array:
        sizes = self._sizes[slots]
        found = np.zeros(len(slots), dtype=np.int64)
        filled = np.flatnonzero(sizes)
        if len(filled):
            hits = table.take(self._places(slots, lines), mode="clip")
            starts = (np.cumsum(sizes) - sizes)[filled]
            found[filled] = np.add.reduceat(hits, starts, dtype=np.uint16)
        return found

    def _compared_by_level(self, slots: Array) -> Array:
        found = [self._by_level(slots[a : a + _PAIRS_AT_ONCE]) for a in range(0, len(slots), _PAIRS_AT_ONCE)]
        return np.concatenate(found)

    def _by_level(self, slots: Array) -> Array:
        mask = ((1 << self._level[slots].max(axis=1).astype(np.int64)) - 1).astype(np.uint16)
        sides = []
        for side in (0, 1):
            sizes = self._sizes[slots[:, side]]
            pair = np.repeat(np.arange(len(slots), dtype=np.uint64), sizes)
            prints = _pieces(self._prints, self._starts[slots[:, side]], sizes)
            kept = (prints & np.repeat(mask, sizes)) == 0
            sides.append((pair[kept] << np.uint64(_PRINT_BITS)) | prints[kept])
        both = np.sort(np.concatenate(sides))
        pair_of = (both >> np.uint64(_PRINT_BITS)).astype(np.int64)
        common = np.bincount(pair_of[1:][both[1:] == both[:-1]], minlength=len(slots))
        total = np.bincount(pair_of, minlength=len(slots)) - common
        found: Array = common / np.maximum(total, 1)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Pairs of rows to compare, (n, 2), and the prints of those rows: all that is needed for it, anywhere."""

    prints: Prints
    pairs: Array

    @property
    def size(self) -> int:
        """It is no work on examples."""
        return 0

    def run(self, config: LintConfig | None = None) -> Array:
        """The similarities; as a job for the workers it is given a configuration, which changes nothing."""
        return self.prints.similarities(self.pairs)


def _by_batch(batches: Sequence[SketchBatch], place: Array) -> list[tuple[SketchBatch, Array, Array]]:
    """Each batch that holds some of the places, with the positions in it and the indexes into `place`."""
    begins = np.cumsum([0, *(len(batch) for batch in batches)])
    order = np.argsort(place, kind="stable")
    wanted = place[order]
    cuts = np.searchsorted(wanted, begins)
    return [
        (batch, wanted[cuts[n] : cuts[n + 1]] - begins[n], order[cuts[n] : cuts[n + 1]])
        for n, batch in enumerate(batches)
        if cuts[n + 1] > cuts[n]
    ]


def _gathered(batch: SketchBatch, local: Array, parts: Sequence[int], level: Array) -> tuple[Array, Array]:
    """Of some rows of a batch the number of the prints that their levels keep, and those row by row."""
    starts, lengths = batch.ranges_of(local, parts)
    sizes, prints = lengths.sum(axis=1), _pieces(batch.prints, starts.reshape(-1), lengths.reshape(-1))
    if not level.any():
        return sizes, prints
    mask = np.repeat(((1 << level.astype(np.int64)) - 1).astype(np.uint16), sizes)
    kept = (prints & mask) == 0
    owner = np.repeat(np.arange(len(local)), sizes)
    return np.bincount(owner[kept], minlength=len(local)), prints[kept]


def _pieces(prints: Array, starts: Array, sizes: Array) -> Array:
    """Pieces of `prints` one after the other: long ones are copied one by one, short ones all at once."""
    if int(sizes.sum()) < _LONG * len(sizes):
        return prints.take(ranges(starts, sizes), mode="clip")
    ends = starts + sizes
    return np.concatenate([prints[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])
