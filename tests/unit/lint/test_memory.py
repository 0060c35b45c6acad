"""Freed memory goes back to the system."""

import sys
from pathlib import Path

import pytest

from finetune_studio.lint.memory import give_back

_PIECE = 50_000
"""Bytes: less than what the C library asks the system for singly."""


def resident() -> int:
    """MiB of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20


def test_it_can_be_called_anywhere() -> None:
    give_back()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is known to help")
def test_what_many_pieces_held_is_given_back() -> None:
    pieces = [bytearray(_PIECE) for _ in range(2_000)]
    for piece in pieces:
        piece[::4096] = b"x" * len(piece[::4096])
    kept = pieces[::100]
    before = resident()
    del pieces, piece
    give_back()
    assert resident() < before - 60
    assert len(kept) == 20
