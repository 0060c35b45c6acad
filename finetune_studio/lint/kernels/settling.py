"""Groups of rows that are mostly all similar to each other."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address

MOST_SETTLED = 64
"""Rows at the most."""


def settle(kernels: CDLL, similarity: Array, threshold: float, count: int) -> Array:
    """As near_pairs.settled_labels, of up to MOST_SETTLED rows."""
    if len(similarity) != count * (count - 1) // 2:
        raise ValueError(f"{len(similarity)} similarities are not those of all pairs of {count} rows")
    found = np.empty(count, dtype=np.int64)
    values = np.ascontiguousarray(similarity, dtype=np.float32)
    if kernels.settle(count, address(values, np.float32), threshold, address(found, np.int64)):
        raise ValueError(f"{count} rows are too many")
    return found
