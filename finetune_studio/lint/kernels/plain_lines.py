"""Lines of the common shape, without making objects of them."""

from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.facts import ROLES, Array
from finetune_studio.lint.kernels import address, integers
from finetune_studio.lint.text_block import MARK, TextBlock

_ROLES = "".join(f'{role}"' for role in ROLES).encode()
_SHORTEST = 24
"""No message takes fewer bytes."""
_WRITTEN_OVER = 8


class _Plain(Structure):
    _fields_ = [
        ("roles", c_void_p),
        ("roles_length", c_int64),
        *((name, c_void_p) for name in ("texts", "starts", "ends", "codes")),
    ]


@dataclass(frozen=True, slots=True, eq=False)
class PlainLines:
    """`counts` are the messages of each line, 0 where it was left to others; `codes` index ROLES, by text."""

    counts: Array
    codes: Array
    block: TextBlock


def read_plain(kernels: CDLL, joined: bytes, starts: Array) -> PlainLines:
    """Read the lines that stand in `joined` from each start to before the byte in front of the next."""
    starts = integers(starts)
    most = len(joined) // _SHORTEST + 1
    texts = np.empty(len(joined) + _WRITTEN_OVER, dtype=np.uint8)
    begins, ends = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    codes = np.empty(most, dtype=np.int8)
    counts = np.empty(len(starts) - 1, dtype=np.int64)
    roles = np.frombuffer(_ROLES, dtype=np.uint8)
    written = kernels.read_plain(
        joined,
        address(starts, np.int64),
        len(counts),
        MARK,
        byref(
            _Plain(
                roles=address(roles, np.uint8),
                roles_length=len(roles),
                texts=address(texts, np.uint8),
                starts=address(begins, np.int64),
                ends=address(ends, np.int64),
                codes=address(codes, np.int8),
            )
        ),
        address(counts, np.int64),
    )
    number = int(counts.sum())
    block = TextBlock(texts[:written].tobytes(), begins[:number].copy(), ends[:number].copy())
    return PlainLines(counts, codes[:number].copy(), block)
