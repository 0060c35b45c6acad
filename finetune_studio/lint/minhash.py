"""MinHash signatures of many sets at once, folded into the keys of LSH bands.

The elements of a set are thrown into bins, and a bin keeps its least element: one hash of an element does the
work of many permutations (Li, Owen and Zhang, "One permutation hashing", NIPS 2012). Small sets are thrown
again, a bin keeping what reached it first (Dahlgaard, Knudsen and Thorup, "Fast similarity sketching", FOCS
2017). A bin that stays empty takes what another one has, the same for all sets (Shrivastava, "Optimal
densification for fast and accurate minwise hashing", ICML 2017).
"""

import sys
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.word_hashes import mixed


@dataclass(frozen=True, slots=True)
class Banding:
    """Bins of a signature (a power of two), and how many of them by how many make the bands."""

    bins: int
    bands: int
    rows: int


OF_WHOLE = Banding(128, 18, 7)
"""A band matches with probability J^7, one of 18 with 0.985 at J = 0.8, with 0.004 at J = 0.3."""
OF_QUESTIONS = Banding(64, 12, 5)
"""One of 12 with 0.991 at J = 0.8; what else they match is little, since most questions are short."""

_THROWS = 1.25
"""Throws of a set for a bin at the least, each element being thrown twice; two bins of seven stay empty."""
_ROUNDS = 40
_LOWER, _UPPER = (slice(first, None, 2) for first in ((0, 1) if sys.byteorder == "little" else (1, 0)))
"""The halves of 64-bit values among their 32-bit ones."""
_VALUE_BITS = np.uint32(25)
_VALUE_MASK = np.uint32((1 << 25) - 1)
_EMPTY = np.uint32(0xFFFFFFFF)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = mixed(np.arange(1, _ROUNDS + 1, dtype=np.uint64) * _STEP) | np.uint64(1)
_ROW_FACTORS = mixed(np.arange(101, 101 + OF_WHOLE.rows, dtype=np.uint64) * _STEP) | np.uint64(1)
_ATTEMPTS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What a banding is computed with: throws of a set at the least, factors by round and by row of a band,
    and the bin that an empty one looks into, by attempt."""

    throws: int
    factors: Array
    row_factors: Array
    lenders: Array


@lru_cache(maxsize=2)
def tables_of(banding: Banding) -> Tables:
    numbers = mixed(np.arange(1, banding.bins * _ATTEMPTS + 1, dtype=np.uint64) * _STEP)
    lenders: Array = (numbers % np.uint64(banding.bins)).astype(np.int64).reshape(_ATTEMPTS, banding.bins)
    return Tables(round(banding.bins * _THROWS), _FACTORS, _ROW_FACTORS, lenders)


def band_keys(counts: Array, value: Array, banding: Banding) -> Array:
    """Keys of the bands of sets, as a (bands, sets) array of 32 bits; 0 where a set is empty.

    `value` are evenly spread 64-bit hashes, `counts[0]` of the first set, and so on; repeats do no harm.
    """
    count, used = len(counts), banding.bands * banding.rows
    table = _signatures(counts, value, banding).reshape(count, banding.bins)
    rows = table[:, :used].reshape(count, banding.bands, banding.rows)
    keys = np.zeros((count, banding.bands), dtype=np.uint64)
    for row in range(banding.rows):
        keys += rows[:, :, row] * _ROW_FACTORS[row]
    found = (mixed(keys) >> np.uint64(32)).astype(np.uint32)
    np.maximum(found, 1, out=found)
    found[counts == 0] = 0
    return np.ascontiguousarray(found.T)


def _signatures(counts: Array, value: Array, banding: Banding) -> Array:
    bins, tables = banding.bins, tables_of(banding)
    table = np.full(len(counts) * bins, _EMPTY)
    base = np.arange(len(counts)) * bins
    shift = np.uint32(33 - bins.bit_length())
    _throw(table, np.repeat(base, counts), value.view(np.uint32)[_LOWER], np.uint32(0), shift)
    _throw(table, np.repeat(base, counts), value.view(np.uint32)[_UPPER], np.uint32(1 << 25), shift)
    rounds = np.minimum(-(-tables.throws // np.maximum(counts, 1)), _ROUNDS) - 2
    small = np.flatnonzero((rounds > 0) & (counts > 0))
    if len(small):
        own, times = counts[small], rounds[small]
        first = np.cumsum(counts)[small] - own
        element = np.repeat(ranges(first, own), np.repeat(times, own))
        number = ranges(np.full(int(own.sum()), 2), np.repeat(times, own))
        thrown = (value[element] * _FACTORS[number]).view(np.uint32)[_UPPER]
        marks = number.astype(np.uint32) << _VALUE_BITS
        _throw(table, np.repeat(base[small], own * times), thrown, marks, shift)
    return _filled(table, counts, tables.lenders)


def _throw(table: Array, base: Array, thrown: Array, number: Array | np.uint32, shift: np.uint32) -> None:
    bins = (thrown >> shift).astype(np.int64)
    bins += base
    kept = thrown & _VALUE_MASK
    kept |= number
    np.minimum.at(table, bins, kept)


def _filled(table: Array, counts: Array, lenders: Array) -> Array:
    """The table with what empty bins borrow, but for sets without elements."""
    bins = lenders.shape[1]
    empty = np.flatnonzero(table == _EMPTY)
    if not counts.all():
        empty = empty[counts[empty // bins] > 0]
    lent = table.copy()
    for lender in lenders:
        if not len(empty):
            break
        found = table[(empty & -bins) + lender[empty & (bins - 1)]]
        lent[empty] = found
        empty = empty[np.flatnonzero(found == _EMPTY)]
    return lent
