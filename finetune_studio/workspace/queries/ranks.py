"""The number of an example in the order now: what a person calls "example 12"."""

from array import array
from bisect import bisect_left
from itertools import pairwise


class Ranks:
    """From all ids in order. Ids that ascend (any dataset nobody has reordered) need no table."""

    def __init__(self, ids: "array[int]", order: int = 0) -> None:
        self._ids = ids
        self.order = order
        self._table: dict[int, int] | None = None
        if any(first >= second for first, second in pairwise(ids)):
            self._table = {example_id: rank for rank, example_id in enumerate(ids)}

    def __len__(self) -> int:
        return len(self._ids)

    def ids(self) -> "array[int]":
        """All examples in order; a copy."""
        return self._ids[:]

    def rank_of(self, example_id: int) -> int | None:
        """From 0; None when it is not in the dataset."""
        if self._table is not None:
            return self._table.get(example_id)
        at = bisect_left(self._ids, example_id)
        return at if at < len(self._ids) and self._ids[at] == example_id else None
