"""Which rows are near copies of which: candidates by band keys, their Jaccard similarity by prints."""

from collections.abc import Iterable, Sequence

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.shingles import PARTS
from finetune_studio.lint.sketches import SketchBatch, levels_of

_NEIGHBOURS = 24
"""Rows with the same band key that each row is compared with, besides the first of them all."""
_PAIRS_AT_ONCE = 1 << 13
_PRINT_BITS = 16


def candidate_pairs(bands: Iterable[Array]) -> Array:
    """Pairs of rows that share a band key, as (n, 2), each once with the smaller row first.

    `bands` gives the keys of all rows band by band (32 bits; 0 never matches).
    """
    found: list[Array] = []
    for keys in bands:
        ordered = np.sort((keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64))
        key = ordered >> np.uint64(32)
        shared = np.zeros(len(key), dtype=bool)
        np.equal(key[1:], key[:-1], out=shared[1:])
        shared[:-1] |= shared[1:]
        shared &= key != 0
        if shared.any():
            found.append(_pairs_in(key[shared], (ordered & np.uint64(0xFFFFFFFF))[shared]))
    if not found:
        return np.zeros((0, 2), dtype=np.int64)
    distinct = np.unique(np.concatenate(found))
    return np.stack([distinct >> np.uint64(32), distinct & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)


def _pairs_in(key: Array, row: Array) -> Array:
    """Pairs within runs of equal keys; rows ascend in a run. In a long run not all, but enough to join it."""
    found: list[Array] = []
    for apart in range(1, _NEIGHBOURS + 1):
        same = np.flatnonzero(key[apart:] == key[:-apart])
        if not len(same):
            break
        found.append((row[same] << np.uint64(32)) | row[same + apart])
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    lengths = np.diff(np.r_[starts, len(key)])
    first = np.repeat(row[starts], lengths)
    far = np.arange(len(key)) - np.repeat(starts, lengths) > _NEIGHBOURS
    found.append((first[far] << np.uint64(32)) | row[far])
    return np.unique(np.concatenate(found))


class Prints:
    """The prints of some rows, gathered from the batches that hold them."""

    def __init__(self, batches: Sequence[SketchBatch], place: Array, rows: Array) -> None:
        """`place` gives each row's position in the batches, one after the other; `rows` ascend."""
        self._rows = rows
        counts, kept, prints = [], [], []
        begins = np.cumsum([0, *(len(batch) for batch in batches)])
        order = np.argsort(place[rows], kind="stable")
        wanted = place[rows][order]
        cuts = np.searchsorted(wanted, begins)
        for number, batch in enumerate(batches):
            local = wanted[cuts[number] : cuts[number + 1]] - begins[number]
            if len(local):
                counts.append(batch.counts[local])
                kept.append(batch.kept[local])
                lengths = batch.kept[local].sum(axis=1, dtype=np.int64)
                prints.append(batch.prints[_ranges(batch.starts[local, 0], lengths)])
        self._slot = np.empty(len(rows), dtype=np.int64)
        self._slot[order] = np.arange(len(rows))
        self._kept = np.concatenate(kept).astype(np.int64) if kept else np.zeros((0, PARTS), dtype=np.int64)
        self._levels = levels_of(np.concatenate(counts)) if counts else self._kept
        self._prints = np.concatenate(prints) if prints else np.zeros(0, dtype=np.uint16)
        ends = np.cumsum(self._kept.reshape(-1))
        self._starts = (ends - self._kept.reshape(-1)).reshape(-1, PARTS)

    def similarities(self, pairs: Array, parts: Sequence[int]) -> Array:
        """Jaccard similarity of each pair of rows in some parts of the conversation; 0 of nothing."""
        found = [
            self._compared(pairs[a : a + _PAIRS_AT_ONCE], list(parts))
            for a in range(0, len(pairs), _PAIRS_AT_ONCE)
        ]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)

    def elements(self, parts: Sequence[int]) -> tuple[Array, Array]:
        """Index into the rows, and print, of all prints in some parts."""
        chosen = list(parts)
        slots = self._slot
        lengths = self._kept[slots][:, chosen].reshape(-1)
        owner = np.repeat(np.repeat(np.arange(len(slots)), len(chosen)), lengths)
        return owner, self._prints[_ranges(self._starts[slots][:, chosen].reshape(-1), lengths)]

    def _compared(self, pairs: Array, parts: list[int]) -> Array:
        """Both sides are thinned to the higher level of the two, so that their prints are comparable."""
        slots = self._slot[np.searchsorted(self._rows, pairs)]
        level = self._levels[slots][:, :, parts].max(axis=(1, 2))
        left, right = (self._keys(slots[:, side], parts, level) for side in (0, 1))
        both = np.sort(np.concatenate([left, right]), kind="stable")
        shared = both[1:][both[1:] == both[:-1]]
        common = np.bincount(shared >> np.uint32(_PRINT_BITS), minlength=len(pairs))
        total = np.bincount(both >> np.uint32(_PRINT_BITS), minlength=len(pairs))
        found: Array = (common / np.maximum(total - common, 1)).astype(np.float32)
        return found

    def _keys(self, slots: Array, parts: list[int], level: Array) -> Array:
        """(pair, print) as one number, ascending, each once."""
        lengths = self._kept[slots][:, parts]
        group = np.repeat(np.arange(len(slots), dtype=np.uint32), lengths.sum(axis=1))
        prints = self._prints[_ranges(self._starts[slots][:, parts].reshape(-1), lengths.reshape(-1))]
        if level.any():
            chosen = (prints & ((1 << level) - 1).astype(np.uint16)[group]) == 0
            group, prints = group[chosen], prints[chosen]
        keys = np.sort((group << np.uint32(_PRINT_BITS)) | prints, kind="stable")
        if not len(keys):
            return keys
        return keys[np.r_[True, keys[1:] != keys[:-1]]]


def _ranges(starts: Array, lengths: Array) -> Array:
    """The numbers from each start on, `lengths` of them, one range after the other."""
    ends = np.cumsum(lengths)
    shifts = np.repeat(starts - (ends - lengths), lengths)
    found: Array = shifts + np.arange(len(shifts))
    return found


def components(count: int, pairs: Array) -> Array:
    """For each of `count` rows the smallest row that pairs connect it with."""
    label = np.arange(count)
    if not len(pairs):
        return label
    left, right = pairs[:, 0], pairs[:, 1]
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        label = _settled(label)
        if np.array_equal(before, label):
            return label


def _settled(label: Array) -> Array:
    while not np.array_equal(label, further := label[label]):
        label = further
    return label
