"""Keys of JSON, counted by their bytes."""

from ctypes import CDLL

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers


def count_keys(kernels: CDLL, joined: bytes, starts: Array) -> tuple[Array, Array]:
    """As double_keys.keys_written."""
    starts = integers(starts)
    written = np.empty(len(starts) - 1, dtype=np.int64)
    is_unsure = np.empty(len(written), dtype=np.bool_)
    kernels.count_keys(
        joined,
        address(starts, np.int64),
        len(written),
        address(written, np.int64),
        address(is_unsure, np.bool_),
    )
    return written, is_unsure
