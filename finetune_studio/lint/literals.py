"""Where literals stand in a batch of lines: one search for each literal over all lines at once."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from finetune_studio.lint.facts import Array
from finetune_studio.lint.literal_search import search_for

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_SHAPE_FROM = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE_TO = b"0" * 10 + b"A" * 26
_SHAPE = bytes.maketrans(_SHAPE_FROM, _SHAPE_TO)
_SMALL_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_ESCAPE = b"\\u"
_DIGIT_GAP = 8
"""Bytes from a digit of a number to its next, on the average, at the most: three signs of two between."""
_ESCAPED_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class LiteralIndex:
    """Searches literals in the lines: as they are where they hold capitals, else without regard to case."""

    def __init__(self, lines: Sequence[bytes], expected: frozenset[bytes] = frozenset()) -> None:
        """The `expected` literals are searched together."""
        self._lines = lines
        self._expected = search_for(expected | {_ESCAPE})
        self.text = b"\n".join(lines)
        self.starts = _starts_of(lines)
        """Where the lines stand in `text`, and its end."""
        self._found: dict[bytes, frozenset[int]] = {}
        self._found_shapes: dict[tuple[bytes, int], frozenset[int]] = {}
        self._shaped: dict[int, tuple[bytes, list[int], list[int]]] = {}

    def hits(self, literals: Iterable[bytes]) -> list[int]:
        """Positions of the lines that may hold one of the literals, ascending.

        A line with an ASCII character written as an escape can hide any literal, so it hits them all.
        """
        return sorted(self._escaped_ascii.union(*(self._search(literal) for literal in literals)))

    def shapes(self, shapes: Iterable[bytes], digits: int = 0) -> list[int]:
        """As `hits`, for texts with every digit written 0 and every capital A: `000-00-` is one.

        Only lines with that many digits near each other are looked at.
        """
        return sorted(self._escaped_ascii.union(*(self._search_shape(shape, digits) for shape in shapes)))

    def matching(self, pattern: re.Pattern[bytes]) -> list[int]:
        """Positions of the lines in which a pattern matches; fast where it begins with a literal."""
        found: set[int] = set()
        match = pattern.search(self.text)
        while match is not None:
            line = bisect_right(self.starts, match.start()) - 1
            found.add(line)
            match = pattern.search(self.text, self.starts[line + 1])
        return sorted(found | self._escaped_ascii)

    def odd_escapes(self) -> list[int]:
        """Positions of the lines with an escape for NUL or for a surrogate."""
        return sorted(p for p in self._search(_ESCAPE) if _ESCAPED_ODD.search(self._lines[p]))

    @cached_property
    def _lowered(self) -> bytes:
        return self.text.lower()

    @cached_property
    def _escaped_ascii(self) -> frozenset[int]:
        return frozenset(p for p in self._search(_ESCAPE) if _ESCAPED_ASCII.search(self._lines[p]))

    def _shaped_lines(self, digits: int) -> tuple[bytes, list[int], list[int]]:
        """The text without small letters, a third of it, where its lines start, and which lines they are.

        What stood together still does, so that a search finds all it would find, and seldom more.
        """
        known = self._shaped.get(digits)
        if known is None:
            chosen = self._with_digits(digits)
            lines = [self._lines[position].translate(_SHAPE, _SMALL_LETTERS) for position in chosen]
            known = self._shaped[digits] = b"\n".join(lines), _starts_of(lines), chosen
        return known

    def _with_digits(self, digits: int) -> list[int]:
        """Positions of the lines with so many digits, each at most a few bytes after the one before."""
        if not digits:
            return list(range(len(self._lines)))
        places = self._digits
        if len(places) < digits:
            return []
        near = places[digits - 1 :] - places[: len(places) - digits + 1] < digits * _DIGIT_GAP
        lines = np.searchsorted(self.starts, places[: len(places) - digits + 1][near], side="right") - 1
        found: list[int] = np.unique(lines).tolist()
        return found

    @cached_property
    def _digits(self) -> Array:
        """Where digits stand."""
        raw = np.frombuffer(self.text, dtype=np.uint8)
        return np.flatnonzero((raw - np.uint8(0x30)) < 10)

    def _search_shape(self, shape: bytes, digits: int) -> frozenset[int]:
        known = self._found_shapes.get((shape, digits))
        if known is None:
            text, starts, chosen = self._shaped_lines(digits)
            known = frozenset(chosen[place] for place in _positions(text.find, shape, starts))
            self._found_shapes[shape, digits] = known
        return known

    @cached_property
    def _places(self) -> dict[bytes, Array]:
        return self._expected.places(self.text, self._lowered)

    def _search(self, literal: bytes) -> frozenset[int]:
        known = self._found.get(literal)
        if known is None:
            known = self._found[literal] = self._searched(literal)
        return known

    def _searched(self, literal: bytes) -> frozenset[int]:
        if literal in self._expected.literals:
            lines = np.searchsorted(self.starts, self._places[literal], side="right") - 1
            return frozenset(np.unique(lines).tolist())
        any_case = literal != literal.upper() and literal == literal.lower()
        return _positions((self._lowered if any_case else self.text).find, literal, self.starts)


def _starts_of(lines: Sequence[bytes]) -> list[int]:
    return list(accumulate((len(line) + 1 for line in lines), initial=0))


def _positions(find: Callable[[bytes, int], int], literal: bytes, starts: list[int]) -> frozenset[int]:
    found: set[int] = set()
    position = find(literal, 0)
    while position >= 0:
        line = bisect_right(starts, position) - 1
        found.add(line)
        position = find(literal, starts[line + 1])
    return frozenset(found)


def shape_of_text(text: str) -> bytes:
    """The text in UTF-8 with every ASCII digit written 0 and every ASCII capital A."""
    return text.encode("utf-8", "surrogatepass").translate(_SHAPE)
