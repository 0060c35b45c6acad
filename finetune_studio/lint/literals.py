"""Where literals stand in a batch of lines: one search for each literal over all lines at once."""

from collections.abc import Iterable, Sequence

import numpy as np

ESCAPED_ASCII = (b"\\u002", b"\\u003", b"\\u004", b"\\u005", b"\\u006", b"\\u007")
"""An ASCII character written as an escape can hide any literal, so such lines hit all of them."""


class LiteralIndex:
    """Searches lower-case literals in the lines, without regard to case."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._text = b"\n".join(lines).lower()
        self._starts = np.cumsum([0, *(len(line) + 1 for line in lines)])
        self._found: dict[bytes, frozenset[int]] = {}
        self._escaped = self._search_all(ESCAPED_ASCII)

    def hits(self, literals: Iterable[bytes]) -> list[int]:
        """Positions of the lines that may hold one of the literals, ascending."""
        return sorted(self._search_all(literals) | self._escaped)

    def _search_all(self, literals: Iterable[bytes]) -> frozenset[int]:
        return frozenset().union(*(self._search(literal) for literal in literals))

    def _search(self, literal: bytes) -> frozenset[int]:
        known = self._found.get(literal)
        if known is not None:
            return known
        found: set[int] = set()
        position = self._text.find(literal)
        while position >= 0:
            line = int(np.searchsorted(self._starts, position, side="right")) - 1
            found.add(line)
            position = self._text.find(literal, int(self._starts[line + 1]))
        self._found[literal] = frozenset(found)
        return self._found[literal]
