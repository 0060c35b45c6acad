"""Hashes of texts."""

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
