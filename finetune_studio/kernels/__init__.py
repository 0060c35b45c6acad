"""Compiled functions: doubles of the slowest ones of numpy in the checks, and the counting of tokens.

They are built when the package is installed (see .build). Where that was not possible `library` gives
None, and everything works as with them, in more time. What each does is said where it is called from.
"""

import os
from ctypes import CDLL, c_double, c_float, c_int64, c_uint8, c_void_p
from functools import cache
from typing import Any

from finetune_studio.kernels.sources import LIBRARY, digest, sources

OFF = "FINETUNE_STUDIO_NUMPY_ONLY"
"""Environment variable that leaves them unused."""
_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "kernels_digest": (),
    "hash_texts": (*[c_void_p] * 3, c_int64, c_void_p),
    "normalise": (*[c_void_p] * 3, c_int64, *[c_void_p] * 2, c_int64, c_uint8, *[c_void_p] * 3),
    "find_edges": (*[c_void_p] * 3, *[c_int64] * 3, *[c_void_p] * 3),
    "count_keys": (*[c_void_p] * 2, c_int64, *[c_void_p] * 2),
    "compare_rows": (c_void_p, c_int64, c_void_p, c_int64, c_double, c_void_p),
    "settle": (c_int64, c_void_p, c_float, c_void_p),
    "read_plain": (*[c_void_p] * 2, *[c_int64] * 2, *[c_void_p] * 2),
    "find_signs": (*[c_void_p] * 4, c_int64, *[c_void_p] * 3),
    "sketch_documents": (*[c_void_p] * 3, c_int64, *[c_void_p] * 3),
    "read_vocabulary": (c_void_p, c_int64, c_int64),
    "count_tokens": (c_int64, c_void_p, c_int64),
    "count_texts": (c_int64, c_void_p, c_int64, c_int64, c_void_p),
    "encode_text": (c_int64, c_void_p, c_int64, c_void_p),
}


@cache
def library() -> CDLL | None:
    """The compiled functions; None where they were not built, or for another system, or of other sources."""
    if os.environ.get(OFF):
        return None
    try:
        found = CDLL(str(LIBRARY))
        for name, arguments in _ARGUMENTS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = c_int64, arguments
    except (OSError, AttributeError):
        return None
    return None if sources() and found.kernels_digest() != digest() else found
