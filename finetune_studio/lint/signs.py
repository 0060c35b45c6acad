"""The signs of many texts that words leave out but that make another question: "+" and "-", "C" and "C++",
thumbs up and down, vowel signs."""

import unicodedata
from functools import cache

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.text_block import Foreign, Kind, TextBlock
from finetune_studio.lint.word_hashes import mixed, sums

_SIGNS = frozenset(b"+-*/<>=#%^&|~$\\")
_IS_SIGN = bytes(int(byte in _SIGNS) for byte in range(256))
_HYPHEN = ord("-")
_IS_LETTER = np.zeros(256, dtype=bool)
_IS_LETTER[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(0x80, 0xFF)]] = True
_STEP = np.uint64(0x9E3779B97F4A7C15)
_PLACE = np.uint64(0xD1B54A32D192ED03)


def sign_hashes(block: TextBlock, chosen: Array, owner: Array, count: int) -> Array:
    """A hash of the signs, in order, of the chosen texts of each of `count` examples; 0 for none.

    `chosen` and `owner` (ascending) are by text. A hyphen between letters is no sign.
    """
    place, value = _signs(block)
    text = np.searchsorted(block.starts, place, side="right") - 1
    kept = chosen[text]
    own, value = owner[text[kept]], value[kept]
    if not len(own):
        return np.zeros(count, dtype=np.uint64)
    counts = np.bincount(own, minlength=count)
    rank = np.arange(len(own)) - np.repeat(np.cumsum(counts) - counts, counts)
    values = mixed((value + np.uint64(1)) * _STEP + rank.astype(np.uint64) * _PLACE)
    return sums(values, counts)


def _signs(block: TextBlock) -> tuple[Array, Array]:
    """Where signs stand, ascending, and their code points."""
    place = np.flatnonzero(np.frombuffer(block.joined.translate(_IS_SIGN), dtype=bool))
    raw = np.frombuffer(block.joined, dtype=np.uint8)
    is_joining = (raw[place] == _HYPHEN) & _IS_LETTER[raw[place - 1]]
    is_joining &= _IS_LETTER[raw[np.minimum(place + 1, len(raw) - 1)]]
    place = place[~is_joining]
    value = raw[place].astype(np.uint64)
    far, points = _foreign_signs(block.foreign)
    if not len(far):
        return place, value
    order = np.argsort(np.concatenate([place, far]), kind="stable")
    return np.concatenate([place, far])[order], np.concatenate([value, points])[order]


def _foreign_signs(foreign: Foreign) -> tuple[Array, Array]:
    other = np.flatnonzero(foreign.kind == Kind.OTHER)
    points = foreign.point[other]
    distinct, number = np.unique(points, return_inverse=True)
    is_sign = np.array([_is_sign(point) for point in distinct.tolist()], dtype=bool)[number]
    return foreign.place[other[is_sign]], points[is_sign].astype(np.uint64)


@cache
def _is_sign(point: int) -> bool:
    """Whether a character is a symbol or a mark (of a letter), in Unicode's categories."""
    return unicodedata.category(chr(point))[0] in "SM"
