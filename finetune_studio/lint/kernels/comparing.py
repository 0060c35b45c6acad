"""How similar pairs of rows are, by their prints where these stand."""

from collections.abc import Sequence
from ctypes import CDLL, Structure, byref, c_int64, c_void_p
from dataclasses import dataclass

import numpy as np

from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import Array
from finetune_studio.lint.kernels import address, integers
from finetune_studio.lint.sketches import SketchBatch


class _Batches(Structure):
    _fields_ = [
        *((name, c_void_p) for name in ("levels", "kept", "prints", "ends", "begins", "place")),
        ("count", c_int64),
    ]


class PrintTable:
    """Where the prints of all rows are; holds the batches that have them."""

    def __init__(self, batches: Sequence[SketchBatch], place: Array) -> None:
        """`place` gives each row's position in the batches, one after the other."""
        self._held = (
            *(
                np.array([address(getattr(batch, name), kind) for batch in batches], dtype=np.uintp)
                for name, kind in _KINDS.items()
            ),
            np.cumsum([0, *map(len, batches)], dtype=np.int64),
            integers(place),
        )
        self._batches = batches
        self._rows = len(place)
        self._told = _Batches(*(array.ctypes.data for array in self._held), len(batches))

    def similarities(self, kernels: CDLL, pairs: Array, parts: Sequence[int], least: float) -> Array:
        """As prints.Prints.similarities, of pairs of rows, (n, 2); below `least` it may be 0.

        Raises IndexError for a row that is not there.
        """
        wanted = np.ascontiguousarray(pairs, dtype=np.int32)
        if len(wanted) and not (wanted.min() >= 0 and wanted.max() < self._rows):
            raise IndexError(f"rows from 0 to before {self._rows} can be compared")
        found = np.empty(len(pairs), dtype=np.float32)
        bits = sum(1 << part for part in set(parts))
        if kernels.compare_rows(
            byref(self._told),
            bits,
            address(wanted, np.int32),
            len(wanted),
            least,
            address(found, np.float32),
        ):
            raise MemoryError
        return found


_KINDS: dict[str, type[np.generic]] = {
    "levels": np.uint8,
    "kept": np.uint16,
    "prints": np.uint16,
    "ends": np.int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class CompiledComparison:
    """Pairs of rows to compare, (n, 2), in some parts of the conversation: here, without copies."""

    kernels: CDLL
    table: PrintTable
    pairs: Array
    parts: Sequence[int]
    least: float

    @property
    def size(self) -> int:
        """It is no work on examples."""
        return 0

    def run(self, config: LintConfig | None = None) -> Array:
        """The similarities, whatever the configuration."""
        return self.table.similarities(self.kernels, self.pairs, self.parts, self.least)
