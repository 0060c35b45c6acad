"""The bytes of many examples at a time, for whoever reads or changes all of them."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from finetune_studio.domain.id_set import IdSet

CHUNK = 500


def bodies_of(connection: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[int, bytes]]:
    """(example id, bytes) in the order asked for; those not in the dataset are left out."""
    rows = connection.execute(
        "SELECT e.id, b.bytes FROM example e JOIN body b ON b.id=e.body_id"
        " WHERE e.deleted_step IS NULL AND e.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    found: dict[int, bytes] = dict(rows.fetchall())
    return [(example_id, found[example_id]) for example_id in ids if example_id in found]


def chunks_of(connection: sqlite3.Connection, ids: IdSet) -> Iterator[list[tuple[int, bytes]]]:
    """The bytes of a set's examples by ascending id, CHUNK at a time."""
    waiting: list[int] = []
    for example_id in ids:
        waiting.append(example_id)
        if len(waiting) == CHUNK:
            yield bodies_of(connection, waiting)
            waiting = []
    if waiting:
        yield bodies_of(connection, waiting)
