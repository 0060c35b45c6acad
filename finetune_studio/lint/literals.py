"""Where literals stand in a batch of lines: each is searched in all lines at once."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import Array

_ESCAPED_ASCII = re.compile(rb"\\u00[2-7]")
_SHAPE = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0" * 10 + b"A" * 26)
_ESCAPE = b"\\u"
_ESCAPED_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class LiteralIndex:
    """Searches literals in the lines: as they are where they hold capitals, else without regard to case."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self.text = b"\n".join(lines)
        self.starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        """Where the lines stand in `text`, and its end."""
        self._found: dict[bytes, frozenset[int]] = {}

    def hits(self, literals: Iterable[bytes]) -> list[int]:
        """Positions of the lines that may hold one of the literals, ascending.

        A line with an ASCII character written as an escape can hide any literal, so it hits them all.
        """
        return sorted(self._escaped_ascii.union(*(self._search(literal) for literal in literals)))

    def odd_escapes(self) -> list[int]:
        """Positions of the lines with an escape for NUL or for a surrogate."""
        if not self._search(_ESCAPE):
            return []
        return self._lines_at([match.start() for match in _ESCAPED_ODD.finditer(self.text)])

    @cached_property
    def _lowered(self) -> bytes:
        return self.text.lower()

    @cached_property
    def _escaped_ascii(self) -> frozenset[int]:
        return frozenset(p for p in self._search(_ESCAPE) if _ESCAPED_ASCII.search(self._lines[p]))

    def _search(self, literal: bytes) -> frozenset[int]:
        known = self._found.get(literal)
        if known is None:
            known = self._found[literal] = self._searched(literal)
        return known

    def _searched(self, literal: bytes) -> frozenset[int]:
        any_case = literal != literal.upper() and literal == literal.lower()
        raw = np.frombuffer(self._lowered if any_case else self.text, dtype=np.uint8)
        places = np.flatnonzero(raw[: max(len(raw) - len(literal) + 1, 0)] == literal[0])
        for step in range(1, len(literal)):
            places = places[raw[places + step] == literal[step]]
        return frozenset(self._lines_at(places))

    def _lines_at(self, places: Array | Sequence[int]) -> list[int]:
        """Positions of the lines that places in the text are in, ascending, each once."""
        found: list[int] = distinct(np.searchsorted(self.starts, places, side="right") - 1).tolist()
        return found


def shape_of_text(text: str) -> bytes:
    """The text in UTF-8 with every ASCII digit written 0 and every ASCII capital A."""
    return text.encode("utf-8", "surrogatepass").translate(_SHAPE)
