"""Doing a recorded change again, or taking it back: set-based SQL over ranges of ids."""

import json
import sqlite3
from collections.abc import Callable

from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.change_log import Record, RecordKind, Value
from finetune_studio.storage.packing import unpack_integers

_DELETED = {
    RecordKind.INSERT: "example",
    RecordKind.DELETE: "example",
    RecordKind.REVIVE: "example",
    RecordKind.LINE_INSERT: "kept_line",
    RecordKind.LINE_DELETE: "kept_line",
    RecordKind.SOURCE: "source",
}
_COMING = frozenset((RecordKind.INSERT, RecordKind.REVIVE, RecordKind.LINE_INSERT, RecordKind.SOURCE))


def apply_record(connection: sqlite3.Connection, record: Record, *, forward: bool, step_id: int) -> None:
    """Bring the store to the record's new values, or back to its old ones."""
    value = record.new if forward else record.old
    if record.kind in _DELETED:
        alive = forward if record.kind in _COMING else not forward
        set_deleted(connection, _DELETED[record.kind], record.ids, None if alive else step_id)
        return
    if record.kind is RecordKind.TAG:
        set_tag(connection, record.key, record.ids, on=bool(record.new) == forward)
        return
    _SETTERS[record.kind](connection, record, value)


def set_deleted(connection: sqlite3.Connection, table: str, ids: IdSet, step_id: int | None) -> None:
    """Mark rows as removed by a step, or as alive with None."""
    connection.executemany(
        f"UPDATE {table} SET deleted_step=? WHERE id BETWEEN ? AND ?",  # noqa: S608 (a name of ours)
        ((step_id, first, last) for first, last in ids.ranges),
    )


def set_tag(connection: sqlite3.Connection, name: str, ids: IdSet, *, on: bool) -> None:
    """Put a tag on exactly these examples, or take it off; an unused tag goes away by itself."""
    if on:
        connection.execute("INSERT OR IGNORE INTO tag(name) VALUES (?)", (name,))
    row = connection.execute("SELECT id FROM tag WHERE name=?", (name,)).fetchone()
    if row is None:
        return
    if on:
        connection.executemany(
            "INSERT OR IGNORE INTO example_tag(tag_id, example_id)"
            " SELECT ?, id FROM example WHERE id BETWEEN ? AND ?",
            ((row[0], first, last) for first, last in ids.ranges),
        )
        return
    connection.executemany(
        "DELETE FROM example_tag WHERE tag_id=? AND example_id BETWEEN ? AND ?",
        ((row[0], first, last) for first, last in ids.ranges),
    )
    connection.execute(
        "DELETE FROM tag WHERE id=?1 AND NOT EXISTS (SELECT 1 FROM example_tag WHERE tag_id=?1)", (row[0],)
    )


def set_column(connection: sqlite3.Connection, column: str, ids: IdSet, value: Value) -> None:
    """Give one column of exactly these examples one value."""
    connection.executemany(
        f"UPDATE example SET {column}=? WHERE id BETWEEN ? AND ?",  # noqa: S608 (a name of ours)
        ((value, first, last) for first, last in ids.ranges),
    )


def set_split(connection: sqlite3.Connection, ids: IdSet, text: str) -> None:
    """`text` is as in RecordKind.SPLIT."""
    split, pinned = text.rstrip("!") or None, int(text.endswith("!"))
    connection.executemany(
        "UPDATE example SET split=?, split_pinned=? WHERE id BETWEEN ? AND ?",
        ((split, pinned, first, last) for first, last in ids.ranges),
    )


def set_each(connection: sqlite3.Connection, table: str, column: str, ids: IdSet, packed: Value) -> None:
    """Give each row its own number, in the order of ids."""
    if not isinstance(packed, bytes):
        raise TypeError("packed numbers expected")
    connection.executemany(
        f"UPDATE {table} SET {column}=? WHERE id=?",  # noqa: S608 (names of ours)
        zip(unpack_integers(packed), ids, strict=True),
    )


def set_option(connection: sqlite3.Connection, key: str, value: Value) -> None:
    """Write an option's JSON text, or remove it with None."""
    if value is None:
        connection.execute("DELETE FROM option WHERE key=?", (key,))
    else:
        connection.execute("INSERT OR REPLACE INTO option(key, value) VALUES (?, ?)", (key, value))


def put_suppression(connection: sqlite3.Connection, suppression_id: int, value: Value) -> None:
    """Write a suppression's row from its JSON text, or remove it with None."""
    connection.execute("DELETE FROM suppression WHERE id=?", (suppression_id,))
    if isinstance(value, str):
        connection.execute(
            "INSERT INTO suppression(id, code, example_uid, field, reason, author, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (suppression_id, *json.loads(value)),
        )


_Setter = Callable[[sqlite3.Connection, Record, Value], None]

_SETTERS: dict[RecordKind, _Setter] = {
    RecordKind.BODY: lambda c, r, v: set_each(c, "example", "body_id", r.ids, v),
    RecordKind.STATUS: lambda c, r, v: set_column(c, "status", r.ids, v),
    RecordKind.SPLIT: lambda c, r, v: set_split(c, r.ids, str(v)),
    RecordKind.NOTE: lambda c, r, v: set_column(c, "note", r.ids, v),
    RecordKind.POSITION: lambda c, r, v: set_each(c, "example", "position", r.ids, v),
    RecordKind.LINE_POSITION: lambda c, r, v: set_each(c, "kept_line", "position", r.ids, v),
    RecordKind.OPTION: lambda c, r, v: set_option(c, r.key, v),
    RecordKind.SUPPRESSION: lambda c, r, v: put_suppression(c, int(r.key), v),
}
