"""Where literals stand in a batch of lines: one search for each literal over all lines at once."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_SHAPE_FROM = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SHAPE_TO = b"0" * 10 + b"A" * 26
_SHAPE = bytes.maketrans(_SHAPE_FROM, _SHAPE_TO)
_SMALL_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_TEXT_SHAPE = dict(zip(_SHAPE_FROM, _SHAPE_TO, strict=True))
_ESCAPED_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class LiteralIndex:
    """Searches literals in the lines: as they are where they hold capitals, else without regard to case."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self.text = b"\n".join(lines)
        self.starts = _starts_of(lines)
        """Where the lines stand in `text`, and its end."""
        self._found: dict[bytes, frozenset[int]] = {}
        self._found_shapes: dict[bytes, frozenset[int]] = {}

    def hits(self, literals: Iterable[bytes]) -> list[int]:
        """Positions of the lines that may hold one of the literals, ascending.

        A line with an ASCII character written as an escape can hide any literal, so it hits them all.
        """
        return sorted(self._escaped_ascii.union(*(self._search(literal) for literal in literals)))

    def shapes(self, shapes: Iterable[bytes]) -> list[int]:
        """As `hits`, for texts with every digit written 0 and every capital A: `000-00-` is one."""
        return sorted(self._escaped_ascii.union(*(self._search_shape(shape) for shape in shapes)))

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
        return sorted(p for p in self._search(b"\\u") if _ESCAPED_ODD.search(self._lines[p]))

    @cached_property
    def _lowered(self) -> bytes:
        return self.text.lower()

    @cached_property
    def _escaped_ascii(self) -> frozenset[int]:
        return frozenset(p for p in self._search(b"\\u") if _ESCAPED_ASCII.search(self._lines[p]))

    @cached_property
    def _shaped(self) -> tuple[bytes, list[int]]:
        """The text without small letters, a third of it, and where its lines start.

        What stood together still does, so that a search finds all it would find, and seldom more.
        """
        lines = [line.translate(_SHAPE, _SMALL_LETTERS) for line in self._lines]
        return b"\n".join(lines), _starts_of(lines)

    def _search_shape(self, shape: bytes) -> frozenset[int]:
        known = self._found_shapes.get(shape)
        if known is None:
            text, starts = self._shaped
            known = self._found_shapes[shape] = _positions(text.find, shape, starts)
        return known

    def _search(self, literal: bytes) -> frozenset[int]:
        known = self._found.get(literal)
        if known is None:
            any_case = literal != literal.upper() and literal == literal.lower() and literal != b"\\u"
            known = _positions((self._lowered if any_case else self.text).find, literal, self.starts)
            self._found[literal] = known
        return known


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


def shape_of_text(text: str) -> str:
    """The text with every ASCII digit written 0 and every ASCII capital A."""
    return text.translate(_TEXT_SHAPE)
