"""Many findings in little memory: packed as worker processes send them, until somebody looks at them."""

import pickle
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import overload

from finetune_studio.domain.diagnostic import Diagnostic, Severity

_VERY_MANY = 8_192
_QUICKLY = 1
Tally = Counter[tuple[str, Severity]]
"""How many findings there are, by code and severity."""


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    data: bytes
    tally: Tally

    def __len__(self) -> int:
        return self.tally.total()

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.unpacked())

    def unpacked(self) -> list[Diagnostic]:
        found: list[Diagnostic] = pickle.loads(zlib.decompress(self.data))  # noqa: S301 - what `packed` made, in our own processes
        return found


class Findings(Sequence[Diagnostic]):
    """Findings one after the other, each of which takes some 60 bytes where it is packed, 760 where not.

    To go through them makes the packed ones again, some 0.005 ms each; how many there are is in `tally`.
    """

    def __init__(self, *parts: "Sequence[Diagnostic] | Findings") -> None:
        self._parts: list[Sequence[Diagnostic] | _Packed] = []
        for part in parts:
            self._parts += part._parts if isinstance(part, Findings) else [part]
        self._ends = list(accumulate(map(len, self._parts)))
        self._opened: tuple[int, Sequence[Diagnostic]] = (-1, ())

    @classmethod
    def packed(cls, findings: Sequence[Diagnostic]) -> "Findings":
        """The same in less memory."""
        made = cls()
        data = zlib.compress(pickle.dumps(list(findings), pickle.HIGHEST_PROTOCOL), _QUICKLY)
        made._parts = [_Packed(data, tally_of(findings))]
        made._ends = [len(findings)]
        return made

    @property
    def tally(self) -> Tally:
        return sum((tally_of(part) for part in self._parts), Counter())

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Diagnostic]:
        for part in self._parts:
            yield from part

    @overload
    def __getitem__(self, index: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, index: slice) -> list[Diagnostic]: ...
    def __getitem__(self, index: int | slice) -> Diagnostic | list[Diagnostic]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        which = next(number for number, end in enumerate(self._ends) if place < end)
        return self._part(which)[place - self._ends[which]]  # counted from the part's end

    def _part(self, which: int) -> Sequence[Diagnostic]:
        part = self._parts[which]
        if not isinstance(part, _Packed):
            return part
        opened = self._opened
        if opened[0] != which:
            opened = self._opened = (which, part.unpacked())
        return opened[1]


def gathered(findings: Iterable[Diagnostic]) -> Sequence[Diagnostic]:
    """All of them; very many are packed while they come."""
    source = iter(findings)
    found = Findings()
    while len(piece := list(islice(source, _VERY_MANY))) == _VERY_MANY:
        found = Findings(found, Findings.packed(piece))
    return Findings(found, piece) if found else piece


def tally_of(findings: "Sequence[Diagnostic] | _Packed") -> Tally:
    """Numbers of findings, without unpacking them where they are packed."""
    if isinstance(findings, (Findings, _Packed)):
        return findings.tally
    return Counter((found.code, found.severity) for found in findings)
