"""Which system prompts are variants of a more frequent one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_VARIANTS = 5
"""More variants of one prompt are a template with values that change from example to example."""
_MOST_FREQUENT, _MOST_ANY, _MOST_LIKE = 24, 10, 16
"""Prompts that are kept of some examples: frequent ones, the first of all, others like a frequent one."""
_MOST_MAINS = 200
"""Prompts that others are compared with, the most frequent ones."""
_MOST_COMPARED = 2_000
_LONGEST = 3_000
"""Characters of a prompt up to which it is compared; more takes too long."""
_PIECES = 5
_PIECE = 12
"""Characters of a piece of a prompt, or a third of it; those like it have one of the pieces at the least."""


def prompts_to_keep(prompts: Iterable[str]) -> list[str]:
    """Of the system prompts of some examples those that `variants_of` needs to see.

    The frequent ones, and of the others those that are like one of them, up to what makes it a template.
    """
    ranked = Counter(prompts).most_common()
    frequent = [text for text, times in ranked[:_MOST_FREQUENT] if times > 1 and len(text) <= _LONGEST]
    pieces = [_pieces(text) for text in frequent]
    like = [0] * len(frequent)
    kept = dict.fromkeys([*frequent, *(text for text, _ in ranked[:_MOST_ANY])])
    for text, _ in ranked:
        if sum(like) >= _MOST_LIKE:
            break
        for number, main in enumerate(frequent) if text not in kept else ():
            if like[number] <= MOST_VARIANTS and _may_be_like(pieces[number], main, text):
                like[number] += 1
                kept[text] = None
                break
    return list(kept)


def variants_of(
    texts: Mapping[int, str],
    counts: Mapping[int, int],
    similar: float,
    likeness: "PromptLikeness | None" = None,
    least: float = 1,
) -> dict[int, int]:
    """The hash of each variant, with that of the most frequent prompt like it.

    A prompt that more than MOST_VARIANTS others are like is a template, and is left out with them; one with
    fewer than `least` examples has no variants. `likeness` knows the texts that were compared before.
    """
    likeness = PromptLikeness() if likeness is None else likeness
    known = [value for value in counts if value in texts and len(texts[value]) <= _LONGEST]
    found: dict[int, list[int]] = {}
    pieces: dict[int, tuple[str, ...]] = {}
    for value in sorted(known, key=lambda value: -counts[value])[:_MOST_COMPARED]:
        text = texts[value]
        likely = (main for main in found if _may_be_like(pieces[main], texts[main], text))
        main = next((main for main in likely if likeness.is_like(texts, main, value, similar)), None)
        if main is not None:
            found[main].append(value)
        elif len(found) < _MOST_MAINS and counts[value] >= least:
            found[value] = []
            pieces[value] = _pieces(text)
    return {value: main for main, own in found.items() if len(own) <= MOST_VARIANTS for value in own}


def _pieces(text: str) -> tuple[str, ...]:
    """Short parts of a text from its beginning to its end."""
    size = min(_PIECE, len(text) // 3)
    last, parts = len(text) - size, _PIECES - 1
    return tuple(text[start : start + size] for start in (last * n // parts for n in range(_PIECES)))


def _may_be_like(pieces: tuple[str, ...], one: str, other: str) -> bool:
    shorter, longer = sorted((len(one), len(other)))
    return shorter * 2 >= longer and any(map(other.__contains__, pieces))


@dataclass(slots=True)
class _Compared:
    """Of `size` characters of two texts so many are equal, in order: `exact`, once it was counted."""

    size: int
    least: int
    most: int
    exact: int | None = None


class PromptLikeness:
    """Shares of equal characters, in order, of two texts, by their hashes; each is counted once at most."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], _Compared] = {}

    def is_like(self, texts: Mapping[int, str], one: int, other: int, similar: float) -> bool:
        """Whether two texts have that share in common."""
        lengths = len(texts[one]), len(texts[other])
        if min(lengths) < similar * max(lengths):
            return False
        known = self._known.get((one, other))
        if known is None:
            known = self._known[one, other] = _bounds(texts[one], texts[other])
        wanted = similar * known.size
        if known.least >= wanted or known.most < wanted:
            return known.least >= wanted
        if known.exact is None:
            start, left, right = _differing(texts[one], texts[other])
            known.exact = 2 * (start + longest_in_common(left, right))
        return known.exact >= wanted


def _bounds(one: str, other: str) -> _Compared:
    """How much is equal at the least, where they begin and end, and at the most, with every letter."""
    start, left, right = _differing(one, other)
    letters = (Counter(left) & Counter(right)).total()
    return _Compared(len(one) + len(other), 2 * start, 2 * (start + letters))


def _differing(one: str, other: str) -> tuple[int, str, str]:
    """How many characters both begin and end with, and what is between."""
    start = _in_common(one, other)
    one, other = one[start:], other[start:]
    end = _in_common(one[::-1], other[::-1])
    return start + end, one[: len(one) - end], other[: len(other) - end]


def _in_common(one: str, other: str) -> int:
    """How many characters both begin with."""
    differing = (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def longest_in_common(one: str, other: str) -> int:
    """Characters of the longest text that both hold in this order, with others between.

    All rows of the table at once, as the bits of a number (Hyyrö, "Bit-parallel LCS-length computation
    revisited", AWOCA 2004).
    """
    places: dict[str, int] = {}
    for place, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << place
    every = (1 << len(one)) - 1
    row = every
    for letter in other:
        if found := row & places.get(letter, 0):
            row = (row + found) & every | row - found
    return len(one) - row.bit_count()
