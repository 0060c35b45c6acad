"""How similar pairs of rows are, by their prints."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers


def compare_pairs(
    kernels: CDLL, prints: Array, starts: Array, sizes: Array, levels: Array, slots: Array
) -> Array:
    """As prints.Prints.similarities, of pairs of slots, (n, 2)."""
    order = np.argsort(slots[:, 0], kind="stable")
    ordered = integers(slots[order])
    values = np.empty(len(slots), dtype=np.float32)
    starts, sizes = integers(starts), integers(sizes)
    if kernels.compare_pairs(
        address(prints, np.uint16),
        address(starts, np.int64),
        address(sizes, np.int64),
        address(levels, np.uint8),
        address(ordered, np.int64),
        len(ordered),
        address(values, np.float32),
    ):
        raise MemoryError
    found = np.empty(len(slots), dtype=np.float32)
    found[order] = values
    return found
