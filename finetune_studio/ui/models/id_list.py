"""The rows of a list: ids of examples in order, with headings of groups between them."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import lt
from typing import TYPE_CHECKING

from finetune_studio.workspace.queries.examples import list_ids
from finetune_studio.workspace.queries.ordering import Group, Order, groups_of

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_LOOKED_THROUGH = 5_000
"""Rows in which an example is found quickly without a table."""


_SORTED_HERE = 20_000
"""Rows up to which sorting holds the interpreter's lock too briefly to be seen; numpy lets go of it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The row over a group; `count` examples are in it, shown or not."""

    key: str
    label: str
    count: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class IdList:
    """`ids` has one number a row: an example's id, or -1, -2, ... for the headings in their order.

    `ascending` makes looking an example up a matter of bisection; otherwise `places` does, where the list
    is long: ids in ascending order, and the row of each.
    """

    ids: "array[int]"
    ascending: bool
    headings: tuple[Heading, ...] = ()
    groups: tuple[Group, ...] = ()
    places: "tuple[array[int], array[int]] | None" = None
    heading_rows: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Examples in the list, those of closed groups included."""
        return sum(heading.count for heading in self.headings) if self.headings else len(self.ids)

    def members(self) -> "array[int]":
        """All examples in order, those of closed groups included; a copy."""
        if not self.groups:
            return self.ids[:]
        members = array("q")
        for group in self.groups:
            members.extend(group.ids)
        return members

    def row_of(self, example_id: int) -> int:
        """The row of an example, or -1."""
        if self.ascending:
            return _found(self.ids, example_id)
        if self.places is not None:
            at = _found(self.places[0], example_id)
            return self.places[1][at] if at >= 0 else -1
        try:
            return self.ids.index(example_id)
        except ValueError:
            return -1

    def examples_between(self, first: int, last: int) -> int:
        """How many of the rows from first to last, both included, are examples."""
        headings = bisect_left(self.heading_rows, last + 1) - bisect_left(self.heading_rows, first)
        return last - first + 1 - headings

    def heading_at(self, row: int) -> Heading | None:
        """The heading in a row; None for examples."""
        number = self.ids[row]
        return self.headings[-number - 1] if number < 0 else None

    def group_of(self, row: int) -> Heading | None:
        """The heading that a row stands under, or is."""
        at = bisect_left(self.heading_rows, row + 1) - 1
        return self.headings[at] if at >= 0 else None


EMPTY = IdList(array("q"), True)


def find_ids(
    workspace: "Workspace",
    query: str,
    order: Order | None = None,
    closed: frozenset[str] = frozenset(),
) -> IdList:
    """The examples that match, for the pool; groups whose key is in `closed` show their heading alone."""
    order = order or Order()
    ids = list_ids(workspace, query, order)
    if order.grouping is not None:
        return arranged(groups_of(workspace, ids, order.grouping), closed)
    ascending = _is_ascending(ids)
    return IdList(ids, ascending, places=None if ascending else _places(ids))


def rearranged(_workspace: "Workspace", found: IdList, closed: frozenset[str]) -> IdList:
    """The same groups with others of them closed, for the pool."""
    return arranged(found.groups, closed)


def arranged(groups: Sequence[Group], closed: frozenset[str]) -> IdList:
    """The groups one below the other."""
    ids = array("q")
    headings = []
    rows = []
    for number, group in enumerate(groups):
        rows.append(len(ids))
        headings.append(Heading(group.key, group.label, len(group.ids), group.key not in closed))
        ids.append(-1 - number)
        if group.key not in closed:
            ids.extend(group.ids)
    return IdList(ids, False, tuple(headings), tuple(groups), _places(ids), tuple(rows))


def _places(ids: "array[int]") -> "tuple[array[int], array[int]] | None":
    if len(ids) <= _LOOKED_THROUGH:
        return None
    if len(ids) <= _SORTED_HERE:
        rows = array("q", sorted(range(len(ids)), key=ids.__getitem__))
        return array("q", map(ids.__getitem__, rows)), rows
    import numpy as np

    numbers = np.frombuffer(ids, dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    return array("q", numbers[order].tobytes()), array("q", order.astype(np.int64).tobytes())


def _is_ascending(ids: "array[int]") -> bool:
    if len(ids) <= _SORTED_HERE:
        return all(map(lt, ids, islice(ids, 1, None)))
    import numpy as np

    numbers = np.frombuffer(ids, dtype=np.int64)
    return bool((numbers[1:] > numbers[:-1]).all())


def _found(ids: "array[int]", example_id: int) -> int:
    at = bisect_left(ids, example_id)
    return at if at < len(ids) and ids[at] == example_id else -1
