"""Compiled doubles of functions of numpy in this package, where it is said what each does."""

import numpy as np

from finetune_studio.lint.facts import Array


def address(array: Array, kind: type[np.generic]) -> int:
    """Where the values of an array are; raises TypeError for one of another kind, or with gaps."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"an array of {kind.__name__} without gaps is needed, not of {array.dtype}")
    return int(array.ctypes.data)


def integers(array: Array) -> Array:
    """The values as the functions take whole numbers; the array itself where it has them so."""
    return np.ascontiguousarray(array, dtype=np.int64)
