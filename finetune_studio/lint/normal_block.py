"""Texts with white space normalised, as one run of bytes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import PADDING, UTF8, hashes_in
from finetune_studio.lint.kernels.normalising import normalise
from finetune_studio.lint.text_block import MARK, Kind, TextBlock

_OTHER_SPACES = b"\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f"
_AS_SPACE = bytes.maketrans(_OTHER_SPACES, b" " * len(_OTHER_SPACES))
_SPACE = ord(" ")


@dataclass(frozen=True, eq=False)
class NormalBlock:
    """Runs of white space as one space, none at the ends: what hashing.normalised makes of each text.

    The n-th text stands from `starts[n]` to `ends[n]` in `joined`, which ends with hashing.PADDING.
    """

    joined: bytes
    starts: Array
    ends: Array

    @property
    def raw(self) -> Array:
        return np.frombuffer(self.joined, dtype=np.uint8)

    @cached_property
    def hashes(self) -> Array:
        """Of each text, as hashing.hash64 has it, but 0 where there is none."""
        found = hashes_in(self.joined, self.starts, self.ends)
        found[self.starts == self.ends] = 0
        return found

    @cached_property
    def spaces(self) -> Array:
        """Places of all spaces, ascending."""
        return np.flatnonzero(self.raw == _SPACE)

    def text(self, index: int) -> str:
        return self.joined[self.starts[index] : self.ends[index]].decode(*UTF8)


def normal_block_of(block: TextBlock) -> NormalBlock:
    if not len(block):
        return NormalBlock(PADDING, block.starts, block.ends)
    foreign = block.foreign
    wide = np.flatnonzero(foreign.kind == Kind.SPACE)
    if (kernels := library()) is not None:
        places = foreign.place[wide], foreign.length[wide]
        found = normalise(kernels, block.joined + PADDING, block.starts, block.ends, *places, MARK, PADDING)
        return NormalBlock(*found)
    joined = block.joined.translate(_AS_SPACE)
    is_gone = np.zeros(len(joined), dtype=bool)
    raw = np.frombuffer(joined, dtype=np.uint8)
    if len(wide):
        raw = raw.copy()
        raw[foreign.place[wide]] = _SPACE
    is_space = raw == _SPACE
    is_edge = is_space | (raw == MARK)
    np.logical_and(is_space[1:], is_edge[:-1], out=is_gone[1:])
    is_gone[0] = is_space[0]
    if len(wide):
        _drop_behind(is_gone, is_space, foreign.place[wide], foreign.length[wide])
    gone = np.flatnonzero(is_gone)
    joined = _without(raw.tobytes() if len(wide) else joined, gone)
    raw = np.frombuffer(joined, dtype=np.uint8)
    starts = block.starts - np.searchsorted(gone, block.starts)
    ends = block.ends - np.searchsorted(gone, block.ends)
    ends -= (ends > starts) & (raw[ends - 1] == _SPACE)
    return NormalBlock(joined + PADDING, starts, ends)


def _drop_behind(is_gone: Array, is_space: Array, place: Array, length: Array) -> None:
    """Of spaces of several bytes the first byte has become a space, and the others go."""
    for offset in (1, 2):
        is_gone[place[length > offset] + offset] = True
    behind = place + length
    is_gone[behind[is_space[behind]]] = True


def _without(joined: bytes, gone: Array) -> bytes:
    """Without the bytes at some places."""
    if not len(gone):
        return joined
    first = np.append(0, gone + 1)
    last = np.append(gone, len(joined))
    filled = last > first
    places = zip(first[filled].tolist(), last[filled].tolist(), strict=True)
    return b"".join([joined[start:end] for start, end in places])
