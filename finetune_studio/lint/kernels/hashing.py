"""Hashes of texts, and texts with white space normalised."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers


def hash_texts(kernels: CDLL, padded: bytes, starts: Array, ends: Array) -> Array:
    """As hashing.hashes_in."""
    found = np.empty(len(starts), dtype=np.uint64)
    starts, ends = integers(starts), integers(ends)
    kernels.hash_texts(
        padded, address(starts, np.int64), address(ends, np.int64), len(starts), address(found, np.uint64)
    )
    return found


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
