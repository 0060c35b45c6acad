"""Forgetting steps: those that can no longer be redone, and the oldest."""

import sqlite3
from collections.abc import Iterable

from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import bodies
from finetune_studio.storage.change_log import RecordKind, read_records
from finetune_studio.storage.packing import unpack_integers
from finetune_studio.storage.versions import kept_upto

KEPT_STEPS = 10_000
KEPT_SHARE = 0.25
"""Of the file's size; steps go when there are more than KEPT_STEPS and they take more than this."""


def drop_undone(connection: sqlite3.Connection) -> None:
    """Forget the steps that were undone: a new change makes them impossible to redo."""
    for step_id in _ids(connection, "undone=1 ORDER BY id DESC"):
        _drop(connection, step_id, was_done=False)


def drop_oldest(connection: sqlite3.Connection, file_size: int, kept_steps: int = KEPT_STEPS) -> int:
    """Forget the oldest steps beyond the limits; returns how many."""
    count, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM step").fetchone()
    dropped = 0
    while count - dropped > kept_steps and size > file_size * KEPT_SHARE:
        row = connection.execute("SELECT id, size FROM step WHERE undone=0 ORDER BY id LIMIT 1").fetchone()
        if row is None:
            break
        _drop(connection, row[0], was_done=True)
        size -= row[1]
        dropped += 1
    return dropped


def drop_all(connection: sqlite3.Connection) -> None:
    """Forget the whole history; what is shown stays as it is."""
    drop_undone(connection)
    for step_id in _ids(connection, "1 ORDER BY id"):
        _drop(connection, step_id, was_done=True)


def _ids(connection: sqlite3.Connection, condition: str) -> list[int]:
    rows = connection.execute(f"SELECT id FROM step WHERE {condition}").fetchall()  # noqa: S608 (ours)
    return [row[0] for row in rows]


def _drop(connection: sqlite3.Connection, step_id: int, *, was_done: bool) -> None:
    gone = RecordKind.DELETE if was_done else RecordKind.INSERT
    gone_lines = RecordKind.LINE_DELETE if was_done else RecordKind.LINE_INSERT
    for _, record in read_records(connection, step_id):
        if record.kind is gone:
            _delete_examples(connection, record.ids)
        elif record.kind is gone_lines:
            _delete_rows(connection, "kept_line", record.ids)
        elif record.kind is RecordKind.BODY:
            packed = record.old if was_done else record.new
            if isinstance(packed, bytes):
                bodies.delete_unused(connection, unpack_integers(packed))
    connection.execute("DELETE FROM step WHERE id=?", (step_id,))


def _delete_examples(connection: sqlite3.Connection, ids: IdSet) -> None:
    """Delete examples for good, with all their bodies and tags; those that a version may hold stay."""
    _bodies, kept = kept_upto(connection)
    for first, last in ((max(first, kept + 1), last) for first, last in ids.ranges if last > kept):
        rows = connection.execute(
            "SELECT body_id, original_body_id FROM example"
            " WHERE id BETWEEN ? AND ? AND deleted_step IS NOT NULL",
            (first, last),
        ).fetchall()
        connection.execute(
            "DELETE FROM example_tag WHERE tag_id IN (SELECT id FROM tag) AND example_id BETWEEN ? AND ?",
            (first, last),
        )
        _delete_rows(connection, "example", IdSet.range(first, last))
        _delete_bodies(connection, {body_id for row in rows for body_id in row})


def _delete_bodies(connection: sqlite3.Connection, ids: Iterable[int]) -> None:
    bodies.delete_unused(connection, sorted(ids))


def _delete_rows(connection: sqlite3.Connection, table: str, ids: IdSet) -> None:
    connection.executemany(
        f"DELETE FROM {table} WHERE deleted_step IS NOT NULL AND id BETWEEN ? AND ?",  # noqa: S608 (ours)
        ids.ranges,
    )
