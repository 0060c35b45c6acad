"""Which tools examples define and call, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class ToolTable:
    """One row for each tool that an example defines or calls; only examples with tools have rows.

    `definition` is the hash of the definition, 0 where the example only calls the tool.
    """

    key: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    name: Array = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    definition: Array = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    calls: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def __len__(self) -> int:
        return len(self.key)

    def take(self, where: Array) -> "ToolTable":
        """The rows that a boolean mask or an index array names."""
        return ToolTable(**{f.name: getattr(self, f.name)[where] for f in fields(self)})

    def without(self, keys: Array) -> "ToolTable":
        """The rows of the other examples."""
        return self.take(~np.isin(self.key, keys)) if len(self) else self


def joined_tools(parts: Sequence[ToolTable]) -> ToolTable:
    filled = [part for part in parts if len(part)]
    if len(filled) < 2:
        return filled[0] if filled else ToolTable()
    return ToolTable(
        **{f.name: np.concatenate([getattr(p, f.name) for p in filled]) for f in fields(ToolTable)}
    )
