"""Named versions: which bodies, places, states, splits and tags the dataset had when it got the name.

A snapshot points to bodies; while it is there, what it points to is not forgotten (see `kept_upto`).
Notes are not part of it.
"""

import base64
import json
import sqlite3
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.packing import pack_integers, ranges_of_sorted, unpack_integers
from finetune_studio.storage.rows import from_millis, storable

_HEAD = struct.Struct("<qqq")


@dataclass(frozen=True, slots=True)
class VersionRow:
    id: int
    name: str
    at: datetime
    n_examples: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`bodies` and `positions` by example id; `splits` as in RecordKind.SPLIT."""

    bodies: dict[int, int] = field(default_factory=dict)
    positions: dict[int, int] = field(default_factory=dict)
    statuses: dict[str, IdSet] = field(default_factory=dict)
    splits: dict[str, IdSet] = field(default_factory=dict)
    tags: dict[str, IdSet] = field(default_factory=dict)


def snapshot_now(connection: sqlite3.Connection) -> Snapshot:
    """What the dataset is now."""
    bodies: dict[int, int] = {}
    positions: dict[int, int] = {}
    statuses: dict[str, list[int]] = {}
    splits: dict[str, list[int]] = {}
    rows = connection.execute(
        "SELECT id, body_id, position, status, coalesce(split, '') || iif(split_pinned, '!', '')"
        " FROM example WHERE deleted_step IS NULL ORDER BY id"
    )
    for example_id, body_id, position, status, split in rows:
        bodies[example_id] = body_id
        positions[example_id] = position
        statuses.setdefault(status, []).append(example_id)
        splits.setdefault(split, []).append(example_id)
    tags: dict[str, list[int]] = {}
    for name, example_id in connection.execute(
        "SELECT t.name, x.example_id FROM tag t JOIN example_tag x ON x.tag_id=t.id"
        " JOIN example e ON e.id=x.example_id WHERE e.deleted_step IS NULL ORDER BY t.name, x.example_id"
    ):
        tags.setdefault(name, []).append(example_id)
    return Snapshot(bodies, positions, *(_sets(each) for each in (statuses, splits, tags)))


def create(connection: sqlite3.Connection, name: str, at: int) -> int:
    """Give what the dataset is now a name; `at` is in milliseconds since 1970."""
    name = storable(name).strip()
    if not name:
        raise UsageError("A version needs a name.")
    now = snapshot_now(connection)
    cursor = connection.execute(
        "INSERT INTO version(name, at, snapshot) VALUES (?, ?, ?)", (name, at, _to_bytes(connection, now))
    )
    return int(cursor.lastrowid or 0)


def rows(connection: sqlite3.Connection) -> list[VersionRow]:
    """The newest first."""
    found = connection.execute(
        f"SELECT id, name, at, substr(snapshot, 1, {_HEAD.size}) FROM version ORDER BY id DESC"  # noqa: S608
    )
    return [VersionRow(row[0], row[1], from_millis(row[2]), _HEAD.unpack(row[3])[2]) for row in found]


def read(connection: sqlite3.Connection, version_id: int) -> Snapshot:
    """What a version holds; raises UsageError when it is gone."""
    row = connection.execute("SELECT snapshot FROM version WHERE id=?", (version_id,)).fetchone()
    if row is None:
        raise UsageError("That version is no longer there.")
    return _from_bytes(row[0])


def delete(connection: sqlite3.Connection, version_id: int) -> None:
    """Forget a version, and the texts and examples that only it still held."""
    connection.execute("DELETE FROM version WHERE id=?", (version_id,))
    _collect(connection)


def kept_upto(connection: sqlite3.Connection) -> tuple[int, int]:
    """Bodies and examples up to these ids may belong to a version and are not deleted; (0, 0) for none."""
    heads = connection.execute(f"SELECT substr(snapshot, 1, {_HEAD.size}) FROM version").fetchall()  # noqa: S608
    limits = [_HEAD.unpack(head) for (head,) in heads]
    return max((each[0] for each in limits), default=0), max((each[1] for each in limits), default=0)


def replace_in_tags(connection: sqlite3.Connection, change: Callable[[str], str]) -> int:
    """Let `change` rewrite the names of tags in every version; returns how many versions had one."""
    changed = 0
    for version_id, data in connection.execute("SELECT id, snapshot FROM version").fetchall():
        document = json.loads(data[_HEAD.size :])
        tags = {change(name): ids for name, ids in document["tags"].items()}
        if tags.keys() != document["tags"].keys():
            document["tags"] = tags
            connection.execute(
                "UPDATE version SET snapshot=? WHERE id=?",
                (data[: _HEAD.size] + json.dumps(document).encode(), version_id),
            )
            changed += 1
    return changed


def _collect(connection: sqlite3.Connection) -> None:
    """Delete bodies and removed examples that no example, step or version points to."""
    bodies_upto, examples_upto = kept_upto(connection)
    used: set[int] = set()
    known: set[int] = set()
    for kind, old, new, ids in connection.execute("SELECT kind, old, new, ids FROM change").fetchall():
        if kind == "body":
            for packed in (old, new):
                used.update(unpack_integers(packed))
        elif kind in ("insert", "delete", "revive"):
            known.update(IdSet.from_bytes(ids))
    gone = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM example WHERE deleted_step IS NOT NULL AND id > ?", (examples_upto,)
        ).fetchall()
        if row[0] not in known
    ]
    for table, column in (("example_tag", "example_id"), ("example", "id")):
        connection.executemany(
            f"DELETE FROM {table} WHERE {column}=?",  # noqa: S608 (names of ours)
            ((number,) for number in gone),
        )
    loose = connection.execute(
        "SELECT id FROM body WHERE id > ? AND NOT EXISTS (SELECT 1 FROM example e"
        " WHERE e.id=body.example_id AND (e.body_id=body.id OR e.original_body_id=body.id))",
        (bodies_upto,),
    ).fetchall()
    connection.executemany("DELETE FROM body WHERE id=?", (row for row in loose if row[0] not in used))


def _sets(groups: dict[str, list[int]]) -> dict[str, IdSet]:
    return {name: IdSet(ranges_of_sorted(ids)) for name, ids in groups.items()}


def _to_bytes(connection: sqlite3.Connection, snapshot: Snapshot) -> bytes:
    ids = list(snapshot.bodies)
    highest = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM body), 0), coalesce((SELECT max(id) FROM example), 0)"
    ).fetchone()
    document: dict[str, Any] = {
        "ids": _text(pack_integers(ids)),
        "bodies": _text(pack_integers(list(snapshot.bodies.values()))),
        "positions": _text(pack_integers(list(snapshot.positions.values()))),
    }
    for key in ("statuses", "splits", "tags"):
        groups: dict[str, IdSet] = getattr(snapshot, key)
        document[key] = {name: _text(found.to_bytes()) for name, found in groups.items()}
    return _HEAD.pack(*highest, len(ids)) + json.dumps(document).encode()


def _from_bytes(data: bytes) -> Snapshot:
    document = json.loads(data[_HEAD.size :])
    ids, bodies, positions = (
        unpack_integers(base64.b64decode(document[key])) for key in ("ids", "bodies", "positions")
    )
    groups = (
        {name: IdSet.from_bytes(base64.b64decode(text)) for name, text in document[key].items()}
        for key in ("statuses", "splits", "tags")
    )
    return Snapshot(dict(zip(ids, bodies, strict=True)), dict(zip(ids, positions, strict=True)), *groups)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
