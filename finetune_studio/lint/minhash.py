"""MinHash signatures of many sets at once, folded into the keys of LSH bands.

The signature is that of Dahlgaard, Knudsen and Thorup, "Fast similarity sketching" (FOCS 2017): each round
throws every element of a set into one of the bins, and a bin keeps its least element of the first round that
reached it. It estimates as 128 permutations do, for about 700 steps a set in place of 128 times its size.
"""

import sys

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.shingles import mixed

BINS = 128
BANDS = 18
ROWS = 7
"""A band matches with probability J^7, one of 18 with 0.985 at J = 0.8, with 0.004 at J = 0.3."""

_THROWS = 710
"""Elements thrown until every bin has one, but for one in three sets."""
_ROUNDS = 64
_UPPER = slice(1, None, 2) if sys.byteorder == "little" else slice(0, None, 2)
"""The upper halves of 64-bit values among their 32-bit ones."""
_VALUE_BITS = 25
_VALUE_MASK = np.uint32((1 << _VALUE_BITS) - 1)
_EMPTY = np.uint32(0xFFFFFFFF)
_FACTORS = mixed(np.arange(1, _ROUNDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)
_ROW_FACTORS = mixed(np.arange(101, 101 + ROWS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(
    1
)


def band_keys(document: Array, value: Array, count: int) -> Array:
    """Keys of the bands of `count` sets, as a (BANDS, count) array of 32 bits; 0 where a set is empty.

    `value[i]` is an evenly spread 64-bit hash of an element of set `document[i]`; repeats do no harm.
    """
    sizes = np.bincount(document, minlength=count)
    table = _signatures(document, value, sizes)
    rows = table.reshape(count, BINS)[:, : BANDS * ROWS].reshape(count, BANDS, ROWS).astype(np.uint64)
    keys = mixed(rows @ _ROW_FACTORS) >> np.uint64(32)
    found = np.maximum(keys, 1).astype(np.uint32)
    found[sizes == 0] = 0
    return np.ascontiguousarray(found.T)


def _signatures(document: Array, value: Array, sizes: Array) -> Array:
    rounds = np.minimum(-(-_THROWS // np.maximum(sizes, 1)), _ROUNDS).astype(np.uint8)
    own = rounds[document]
    order = np.argsort(np.uint8(255) - own, kind="stable")
    bases, values = document[order] * BINS, value[order]
    active = len(value) - np.cumsum(np.bincount(own, minlength=_ROUNDS + 1))
    table = np.full(len(sizes) * BINS, _EMPTY)
    for number in range(_ROUNDS):
        n = int(active[number])
        if n == 0:
            break
        thrown = (values[:n] * _FACTORS[number]).view(np.uint32)[_UPPER]
        bins = bases[:n] + (thrown >> np.uint32(_VALUE_BITS))
        kept = (thrown & _VALUE_MASK) | np.uint32(number << _VALUE_BITS)
        np.minimum.at(table, bins, kept)
    return table
