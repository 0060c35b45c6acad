"""Texts with white space normalised, and where their words are."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers


def normalise(
    kernels: CDLL,
    joined: bytes,
    starts: Array,
    ends: Array,
    wide: Array,
    wide_lengths: Array,
    mark: int,
    padding: bytes,
) -> tuple[bytes, Array, Array]:
    """The texts with single spaces, each followed by the mark, and where they begin and end.

    `wide` are the places of spaces of several bytes, ascending. What is made ends with `padding`.
    """
    out = np.empty(len(joined) + len(starts) + len(padding), dtype=np.uint8)
    new_starts, new_ends = np.empty(len(starts), dtype=np.int64), np.empty(len(starts), dtype=np.int64)
    starts, ends, wide = integers(starts), integers(ends), integers(wide)
    wide_lengths = np.ascontiguousarray(wide_lengths, dtype=np.uint8)
    length = kernels.normalise(
        joined,
        address(starts, np.int64),
        address(ends, np.int64),
        len(starts),
        address(wide, np.int64),
        address(wide_lengths, np.uint8),
        len(wide),
        mark,
        address(out, np.uint8),
        address(new_starts, np.int64),
        address(new_ends, np.int64),
    )
    out[length : length + len(padding)] = np.frombuffer(padding, dtype=np.uint8)
    return out[: length + len(padding)].tobytes(), new_starts, new_ends


def find_edges(
    kernels: CDLL, joined: bytes, starts: Array, ends: Array, least: int, words: int
) -> tuple[Array, Array, Array]:
    """As answer_facts.edges_of."""
    starts, ends = integers(starts), integers(ends)
    firsts, openings, lasts = (np.empty(len(starts), dtype=np.int64) for _ in range(3))
    kernels.find_edges(
        joined,
        address(starts, np.int64),
        address(ends, np.int64),
        len(starts),
        least,
        words,
        address(firsts, np.int64),
        address(openings, np.int64),
        address(lasts, np.int64),
    )
    return firsts, openings, lasts
