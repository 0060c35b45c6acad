"""Places: the numbers that order examples and kept lines, with gaps between neighbours."""

import sqlite3
from dataclasses import dataclass

from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.packing import pack_integers
from finetune_studio.storage.rows import GAP

_FOLLOWING = (
    "SELECT * FROM (SELECT position, id, 0 AS is_line FROM example"
    " WHERE deleted_step IS NULL AND position >= :at ORDER BY position LIMIT :limit)"
    " UNION ALL SELECT * FROM (SELECT position, id, 1 FROM kept_line"
    " WHERE deleted_step IS NULL AND position >= :at ORDER BY position LIMIT :limit)"
    " ORDER BY position LIMIT :limit"
)
_ROOM = 1 << 12


@dataclass(frozen=True, slots=True)
class Room:
    """Free places in order, and the records of what had to move to make them."""

    places: list[int]
    records: list[Record]


def last_place(connection: sqlite3.Connection) -> int:
    """The greatest place in use; 0 in an empty dataset."""
    row = connection.execute(
        "SELECT max(coalesce((SELECT max(position) FROM example WHERE deleted_step IS NULL), 0),"
        " coalesce((SELECT max(position) FROM kept_line WHERE deleted_step IS NULL), 0))"
    ).fetchone()
    return int(row[0])


def places_at_end(connection: sqlite3.Connection, count: int) -> list[int]:
    start = last_place(connection)
    return list(range(start + GAP, start + GAP * (count + 1), GAP))


def places_before(connection: sqlite3.Connection, position: int, count: int) -> Room:
    """Find `count` places before whatever stands at `position` or after it; moves a few without gap."""
    left = _place_before(connection, position)
    following = _following(connection, position, 1)
    if not following:
        return Room(places_at_end(connection, count), [])
    gap = following[0][0] - left
    if gap > count:
        return Room(_between(left, following[0][0], count), [])
    return _with_room_made(connection, left, position, count)


def _place_before(connection: sqlite3.Connection, position: int) -> int:
    row = connection.execute(
        "SELECT max("
        "coalesce((SELECT max(position) FROM example WHERE deleted_step IS NULL AND position < :at), 0),"
        "coalesce((SELECT max(position) FROM kept_line WHERE deleted_step IS NULL AND position < :at), 0))",
        {"at": position},
    ).fetchone()
    return int(row[0])


def _following(connection: sqlite3.Connection, position: int, limit: int) -> list[tuple[int, int, int]]:
    return connection.execute(_FOLLOWING, {"at": position, "limit": limit}).fetchall()


def _between(left: int, right: int, count: int) -> list[int]:
    """`count` places evenly between two others; needs right - left > count."""
    return [left + (right - left) * (index + 1) // (count + 1) for index in range(count)]


def _with_room_made(connection: sqlite3.Connection, left: int, position: int, count: int) -> Room:
    """Spread as few of the following entries as give everyone a decent gap."""
    limit = 64
    while True:
        entries = _following(connection, position, limit)
        for moved in range(1, len(entries)):
            if entries[moved][0] - left > (count + moved + 1) * _ROOM:
                places = _between(left, entries[moved][0], count + moved)
                return Room(places[:count], _move(connection, entries[:moved], places[count:]))
        if len(entries) < limit:
            right = left + (count + len(entries) + 1) * GAP
            places = _between(left, right, count + len(entries))
            return Room(places[:count], _move(connection, entries, places[count:]))
        limit *= 4


def _move(
    connection: sqlite3.Connection, entries: list[tuple[int, int, int]], places: list[int]
) -> list[Record]:
    """Give entries their new places; each is (place now, id, 1 for a kept line)."""
    records: list[Record] = []
    for is_line, kind, table in (
        (0, RecordKind.POSITION, "example"),
        (1, RecordKind.LINE_POSITION, "kept_line"),
    ):
        moves = sorted(
            (entry[1], entry[0], place)
            for entry, place in zip(entries, places, strict=True)
            if entry[2] == is_line
        )
        if not moves:
            continue
        ids, old, new = ([move[part] for move in moves] for part in range(3))
        connection.executemany(
            f"UPDATE {table} SET position=? WHERE id=?",  # noqa: S608 (a name of ours)
            ((place, row_id) for row_id, _, place in moves),
        )
        records.append(Record(kind, IdSet.of(ids), "", pack_integers(old), pack_integers(new)))
    return records


def move_to(connection: sqlite3.Connection, example_id: int, old: int, new: int) -> Record:
    """Give one example another place."""
    connection.execute("UPDATE example SET position=? WHERE id=?", (new, example_id))
    return Record(
        RecordKind.POSITION,
        IdSet.range(example_id, example_id),
        "",
        pack_integers([old]),
        pack_integers([new]),
    )
