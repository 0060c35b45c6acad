"""Where signs stand in many texts."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers


def find_signs(
    kernels: CDLL, joined: bytes, starts: Array, ends: Array, chosen: Array, is_sign: Array, is_letter: Array
) -> Array:
    """As signs.ascii_signs; the tables say of each byte what it is."""
    starts, ends = integers(starts), integers(ends)
    chosen = np.ascontiguousarray(chosen, dtype=np.uint8)
    places = np.empty(int((ends - starts)[chosen > 0].sum()), dtype=np.int64)
    found = kernels.find_signs(
        joined,
        address(starts, np.int64),
        address(ends, np.int64),
        address(chosen, np.uint8),
        len(starts),
        address(is_sign, np.uint8),
        address(is_letter, np.uint8),
        address(places, np.int64),
    )
    return places[:found].copy()
