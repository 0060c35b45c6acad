"""The signs of many texts that words leave out but that make another question: "+" and "-", "C" and "C++",
thumbs up and down, vowel signs."""

import unicodedata
from functools import cache

import numpy as np

from finetune_studio.kernels import library
from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels.sign_places import find_signs
from finetune_studio.lint.text_block import Foreign, Kind, TextBlock
from finetune_studio.lint.word_hashes import mixed, sums

_IS_SIGN, _IS_LETTER = np.zeros(256, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
_IS_SIGN[list(b"+-*/<>=#%^&|~$\\")] = 1
_IS_LETTER[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1), *range(0x80, 0xFF)]] = 1
_SIGN_TABLE = _IS_SIGN.tobytes()
_HYPHEN = ord("-")
_STEP = np.uint64(0x9E3779B97F4A7C15)
_PLACE = np.uint64(0xD1B54A32D192ED03)


def sign_hashes(block: TextBlock, chosen: Array, owner: Array, count: int) -> Array:
    """A hash of the signs, in order, of the chosen texts of each of `count` examples; 0 for none.

    `chosen` and `owner` (ascending) are by text. A hyphen between letters is no sign.
    """
    place = ascii_signs(block, chosen)
    value = np.frombuffer(block.joined, dtype=np.uint8)[place].astype(np.uint64)
    text = np.searchsorted(block.starts, place, side="right") - 1
    far, points = _foreign_signs(block.foreign)
    if len(far):
        far_text = np.searchsorted(block.starts, far, side="right") - 1
        kept = chosen[far_text]
        order = np.argsort(np.concatenate([place, far[kept]]), kind="stable")
        text = np.concatenate([text, far_text[kept]])[order]
        value = np.concatenate([value, points[kept]])[order]
    if not len(text):
        return np.zeros(count, dtype=np.uint64)
    counts = np.bincount(owner[text], minlength=count)
    rank = np.arange(len(text)) - np.repeat(np.cumsum(counts) - counts, counts)
    values = mixed((value + np.uint64(1)) * _STEP + rank.astype(np.uint64) * _PLACE)
    return sums(values, counts)


def ascii_signs(block: TextBlock, chosen: Array) -> Array:
    """Where signs stand in the chosen texts, ascending."""
    if (kernels := library()) is not None:
        return find_signs(kernels, block.joined, block.starts, block.ends, chosen, _IS_SIGN, _IS_LETTER)
    place = np.flatnonzero(np.frombuffer(block.joined.translate(_SIGN_TABLE), dtype=bool))
    place = place[chosen[np.searchsorted(block.starts, place, side="right") - 1]]
    raw, is_letter = np.frombuffer(block.joined, dtype=np.uint8), _IS_LETTER.astype(bool)
    is_joining = (raw[place] == _HYPHEN) & (place > 0) & is_letter[raw[place - 1]] & is_letter[raw[place + 1]]
    found: Array = place[~is_joining]
    return found


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
