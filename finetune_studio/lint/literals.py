"""Where literals stand in a batch of lines: one search for each literal over all lines at once."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_ESCAPED_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class LiteralIndex:
    """Searches literals in the lines: as they are where they hold capitals, else without regard to case."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self.text = b"\n".join(lines)
        self._starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
        self._found: dict[bytes, frozenset[int]] = {}

    def hits(self, literals: Iterable[bytes]) -> list[int]:
        """Positions of the lines that may hold one of the literals, ascending.

        A line with an ASCII character written as an escape can hide any literal, so it hits them all.
        """
        return sorted(self._escaped_ascii.union(*(self._search(literal) for literal in literals)))

    def odd_escapes(self) -> list[int]:
        """Positions of the lines with an escape for NUL or for a surrogate."""
        return sorted(p for p in self._search(b"\\u") if _ESCAPED_ODD.search(self._lines[p]))

    @cached_property
    def _lowered(self) -> bytes:
        return self.text.lower()

    @cached_property
    def _escaped_ascii(self) -> frozenset[int]:
        return frozenset(p for p in self._search(b"\\u") if _ESCAPED_ASCII.search(self._lines[p]))

    def _search(self, literal: bytes) -> frozenset[int]:
        known = self._found.get(literal)
        if known is None:
            any_case = literal != literal.upper() and literal == literal.lower() and literal != b"\\u"
            known = self._positions((self._lowered if any_case else self.text).find, literal)
            self._found[literal] = known
        return known

    def _positions(self, find: Callable[[bytes, int], int], literal: bytes) -> frozenset[int]:
        found: set[int] = set()
        position = find(literal, 0)
        while position >= 0:
            line = int(np.searchsorted(self._starts, position, side="right")) - 1
            found.add(line)
            position = find(literal, int(self._starts[line + 1]))
        return frozenset(found)
