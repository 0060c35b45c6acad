"""Bodies: the bytes of examples, immutable. Each belongs to one example, which tells when none needs it."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import uuid_utils

from finetune_studio.domain.example import ExampleKind
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.packing import pack_integers, ranges_of_sorted
from finetune_studio.storage.rows import NewExample, storable
from finetune_studio.storage.versions import kept_upto

T = TypeVar("T")

_INSERT_BODY = "INSERT INTO body(id, example_id, kind, at, sha256, bytes) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_EXAMPLE = (
    "INSERT INTO example(id, uid, position, body_id, original_body_id, status, split, split_pinned, note,"
    " source_id, source_line, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def next_id(connection: sqlite3.Connection, table: str) -> int:
    """The next id of an AUTOINCREMENT table: never one that was used before."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name=?", (table,)).fetchone()
    return 1 if row is None else int(row[0]) + 1


def insert(
    connection: sqlite3.Connection,
    examples: Sequence[NewExample],
    positions: Sequence[int],
    now: int,
    classify: Callable[[bytes], ExampleKind] | None,
) -> IdSet:
    """Write examples with their bodies; `now` is in milliseconds since 1970."""
    example_id = first = next_id(connection, "example")
    body_id = next_id(connection, "body")
    body_rows = []
    example_rows = []
    for example, position in zip(examples, positions, strict=True):
        body = example.body
        kind = example.kind or (classify(body) if classify else ExampleKind.OTHER)
        uid = uuid_utils.uuid7() if example.uid is None else uuid_utils.UUID(example.uid)
        body_rows.append((body_id, example_id, kind.value, None, hashlib.sha256(body).digest(), body))
        example_rows.append(
            (
                example_id,
                uid.bytes,
                position,
                body_id,
                body_id,
                example.status.value,
                example.split.value if example.split else None,
                int(example.split_pinned),
                storable(example.note),
                example.source_id,
                example.source_line,
                now,
            )
        )
        example_id += 1
        body_id += 1
    connection.executemany(_INSERT_BODY, body_rows)
    connection.executemany(_INSERT_EXAMPLE, example_rows)
    return IdSet.range(first, example_id - 1)


def replace(
    connection: sqlite3.Connection,
    new_bodies: dict[int, bytes],
    now: int,
    classify: Callable[[bytes], ExampleKind] | None,
) -> tuple[Record | None, int]:
    """Give examples new bytes; returns the record (None when no byte differs) and the bytes added.

    An example that gets its original bytes back points to its original body again.
    """
    rows = connection.execute(
        "SELECT e.id, e.body_id, e.original_body_id, b.sha256, o.sha256, b.kind, o.kind FROM example e"
        " JOIN body b ON b.id=e.body_id JOIN body o ON o.id=e.original_body_id"
        " WHERE e.id IN (SELECT value FROM json_each(?)) AND e.deleted_step IS NULL ORDER BY e.id",
        (json.dumps(list(new_bodies)),),
    ).fetchall()
    body_id = next_id(connection, "body")
    changes: list[tuple[int, int, int]] = []
    inserts = []
    size = 0
    for example_id, now_id, original_id, now_sha, original_sha, now_kind, _ in rows:
        body = new_bodies[example_id]
        sha = hashlib.sha256(body).digest()
        if sha == now_sha:
            continue
        if sha == original_sha:
            changes.append((example_id, now_id, original_id))
            continue
        kind = classify(body).value if classify else now_kind
        inserts.append((body_id, example_id, kind, now, sha, body))
        changes.append((example_id, now_id, body_id))
        size += len(body)
        body_id += 1
    if not changes:
        return None, 0
    connection.executemany(_INSERT_BODY, inserts)
    connection.executemany(
        "UPDATE example SET body_id=? WHERE id=?", ((new, example_id) for example_id, _, new in changes)
    )
    ids, old, new = ([change[part] for change in changes] for part in range(3))
    record = Record(RecordKind.BODY, IdSet(ranges_of_sorted(ids)), "", pack_integers(old), pack_integers(new))
    return record, size


def delete_unused(connection: sqlite3.Connection, body_ids: Iterable[int]) -> None:
    """Delete those of the bodies that their example neither shows nor had at first, and no version holds.

    The caller knows that no step that is kept points to them.
    """
    kept, _examples = kept_upto(connection)
    connection.executemany(
        "DELETE FROM body WHERE id=? AND NOT EXISTS (SELECT 1 FROM example e WHERE e.id=body.example_id"
        " AND (e.body_id=body.id OR e.original_body_id=body.id))",
        ((body_id,) for body_id in body_ids if body_id > kept),
    )
