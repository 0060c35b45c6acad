"""Ordering very many examples: by numbers put in order outside of SQL, and without the interpreter's lock."""

from array import array
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.example import ReviewState
from finetune_studio.workspace.queries.ordering import MODULUS, Order, Sort

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

_SORTS = (Sort.STATUS, Sort.EDITED, Sort.RANDOM)
LARGE = 20_000
"""Examples from which this is quicker than SQL."""

_STATUSES = sorted(ReviewState)
"""As SQL orders them."""
_EDITED = (
    "SELECT e.id, b.at FROM example e JOIN body b ON b.id=e.body_id"
    " WHERE e.body_id <> e.original_body_id AND e.deleted_step IS NULL ORDER BY e.id"
)


def is_for(order: Order, total: int) -> bool:
    """Whether a list of a dataset of so many is to be ordered here, from its ids by position."""
    return order.sort in _SORTS and total > LARGE


def ordered(workspace: "Workspace", ids: "array[int]", order: Order) -> "array[int]":
    """As SQL orders them: `ids` come by position, which stays the order among equals."""
    import numpy as np

    if not ids:
        return ids
    numbers = np.frombuffer(ids, dtype=np.int64)
    if order.sort is Sort.RANDOM:
        place = (numbers + order.seed % MODULUS * 7919) % MODULUS * 1_103_515_245 % MODULUS
        chance = (place * place % MODULUS * 48_271 + place) % MODULUS
        rows = np.lexsort((numbers, chance))
    else:
        of_sort = _statuses if order.sort is Sort.STATUS else _edits
        values = of_sort(workspace, numbers)
        rows = np.argsort(-values if order.descending else values, kind="stable")
    return array("q", numbers[rows].tobytes())


def _statuses(workspace: "Workspace", numbers: Any) -> Any:
    """Each example's place among the states; those of the commonest state are never read."""
    import numpy as np

    counts = workspace.examples().count_by_status()
    commonest = max(_STATUSES, key=lambda status: counts[status])
    values = np.full(len(numbers), _STATUSES.index(commonest), dtype=np.int64)
    for code, status in enumerate(_STATUSES):
        if status is not commonest and counts[status]:
            having = array("q")
            for chunk in workspace.examples().ids("e.status=?", (status.value,), "e.id"):
                having.extend(chunk)
            values[np.isin(numbers, np.frombuffer(having, dtype=np.int64))] = code
    return values


def _edits(workspace: "Workspace", numbers: Any) -> Any:
    """When each example was changed, -1 where it was not."""
    import numpy as np

    keys, found = array("q"), array("q")
    cursor = workspace.reader().execute(_EDITED)
    while rows := cursor.fetchmany(4096):
        keys.extend([row[0] for row in rows])
        found.extend([row[1] for row in rows])
    if not keys:
        return np.full(len(numbers), -1, dtype=np.int64)
    known = np.frombuffer(keys, dtype=np.int64)
    places = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.where(known[places] == numbers, np.frombuffer(found, dtype=np.int64)[places], -1)
