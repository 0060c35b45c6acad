"""64-bit hashes of text, many at once; stable across runs and machines."""

from collections.abc import Sequence

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels.hashing import hash_texts as hash_compiled
from finetune_studio.lint.near_grouping import ranges
from finetune_studio.lint.text_block import block_of
from finetune_studio.lint.word_hashes import mixed, sums

_DOUBLED = "  "
_OTHER_SPACES = "\n\t\r\x0b\x0c\x1c\x1d\x1e\x1f"
"""What str.split takes for white space in ASCII besides the space."""
UTF8 = ("utf-8", "surrogatepass")
PADDING = bytes(8)
"""Stands after bytes that are hashed eight at a time."""
_EIGHT = 8
_AT_ONCE = 2_048
"""Texts at a time: their arrays stay in the processor's cache."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FACTOR = np.uint64(0xA0761D6478BD642F)
_LENGTH = np.uint64(0xE7037ED1A0B428DB)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [(1 << 64) - 1], dtype=np.uint64)


def normalised(text: str) -> str:
    """Runs of white space as one space. Text may hold the marks U+0001 to U+0003, which are kept."""
    if not text.isascii():
        return " ".join(text.split())
    for space in _OTHER_SPACES:
        if space in text:
            text = text.replace(space, " ")
    return " ".join(text.split()) if _DOUBLED in text else text.strip()


def hashes_in(padded: bytes, starts: Array, ends: Array) -> Array:
    """Of the bytes from each start to its end; `padded` ends with PADDING."""
    if (kernels := library()) is not None:
        return hash_compiled(kernels, padded, starts, ends)
    eights = np.ndarray(len(padded) - 7, dtype="<u8", buffer=padded, strides=(1,))
    found = np.zeros(len(starts), dtype=np.uint64)
    for first in range(0, len(starts), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        found[some] = _hashes_of(eights, starts[some], ends[some] - starts[some])
    return found


def _hashes_of(eights: Array, starts: Array, lengths: Array) -> Array:
    counts = -(-lengths // _EIGHT)
    within = ranges(np.zeros(len(starts), dtype=np.int64), counts)
    values = eights[np.repeat(starts, counts) + within * _EIGHT]
    filled = np.flatnonzero(counts)
    last = np.cumsum(counts[filled]) - 1
    values[last] &= _MASKS[lengths[filled] - (counts[filled] - 1) * _EIGHT]
    values *= _FACTOR
    values += within.view(np.uint64) * _STEP
    values = mixed(values)
    values *= _STEP
    return mixed(sums(mixed(values), counts) + (lengths + 1).astype(np.uint64) * _LENGTH)


def hashes_in_order(values: Array, counts: Array) -> Array:
    """One hash of the first so many hashes, one of so many after them, and so on."""
    place = ranges(np.ones(len(counts), dtype=np.int64), counts)
    return mixed(sums(mixed(mixed(values + place.view(np.uint64) * _STEP) * _FACTOR), counts))


def hash_texts(texts: Sequence[str]) -> Array:
    block = block_of(texts)
    return hashes_in(block.joined + PADDING, block.starts, block.ends)


def hash64(text: str) -> int:
    return int(hash_texts([text])[0])
