"""Reading a dataset: examples, order, counts, tags, sources. Takes any connection, changes nothing."""

import hashlib
import json
import sqlite3
import uuid
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from finetune_studio.domain.errors import DamagedDatasetError, UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.storage.connection import guarded, guarded_iterator
from finetune_studio.storage.rows import (
    ExampleRow,
    KeptLine,
    KeptLineRow,
    LineKind,
    SourceRow,
    StoredLine,
    SuppressionRow,
    from_millis,
)

CHUNK = 4096
"""Ids or rows fetched at once: small enough not to hold the interpreter against the window."""

LIVE = "e.deleted_step IS NULL"
"""SQL: the example is in the dataset."""

_ROW = (
    "SELECT e.id, e.uid, b.kind, b.bytes, e.status, e.split, e.split_pinned, e.note,"
    " (SELECT json_group_array(name) FROM (SELECT t.name FROM tag t CROSS JOIN example_tag x"
    " ON x.tag_id=t.id AND x.example_id=e.id ORDER BY t.name)),"
    " s.name, e.source_line, e.created_at, iif(e.body_id=e.original_body_id, NULL, b.at), e.position,"
    " e.body_id, e.original_body_id"
    " FROM example e JOIN body b ON b.id=e.body_id LEFT JOIN source s ON s.id=e.source_id"
)


class ExampleStore:
    """`connection` may be the writer or a reader. In `where_sql` the example is `e`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @guarded
    def row(self, example_id: int) -> ExampleRow:
        """One example; raises UsageError when it is not in the dataset."""
        row = self._connection.execute(f"{_ROW} WHERE e.id=? AND {LIVE}", (example_id,)).fetchone()
        if row is None:
            raise UsageError("That example is no longer in the dataset.")
        return _example_row(row)

    @guarded
    def rows(self, ids: Sequence[int]) -> list[ExampleRow]:
        """Examples in the order asked for; those not in the dataset are left out."""
        found: dict[int, ExampleRow] = {}
        for start in range(0, len(ids), CHUNK):
            part = json.dumps(list(ids[start : start + CHUNK]))
            query = f"{_ROW} WHERE {LIVE} AND e.id IN (SELECT value FROM json_each(?))"  # noqa: S608
            for row in self._connection.execute(query, (part,)):
                found[row[0]] = _example_row(row)
        return [found[example_id] for example_id in ids if example_id in found]

    @guarded_iterator
    def ids(
        self, where_sql: str = "", params: Sequence[Any] = (), order: str = "position", joins: str = ""
    ) -> Iterator["array[int]"]:
        """Ids in order, in chunks. `order` is SQL ("position", "-e.source_line", ...); see filters."""
        condition = f"{LIVE} AND ({where_sql})" if where_sql else LIVE
        by = "e.position" if order == "position" else order
        cursor = self._connection.execute(
            f"SELECT e.id FROM example e {joins} WHERE {condition} ORDER BY {by}",  # noqa: S608 (ours)
            params,
        )
        while rows := cursor.fetchmany(CHUNK):
            yield array("q", [row[0] for row in rows])

    @guarded
    def count(self, where_sql: str = "", params: Sequence[Any] = (), joins: str = "") -> int:
        condition = f"{LIVE} AND ({where_sql})" if where_sql else LIVE
        row = self._connection.execute(
            f"SELECT count(*) FROM example e {joins} WHERE {condition}",  # noqa: S608 (ours)
            params,
        ).fetchone()
        return int(row[0])

    @guarded
    def count_by_status(self) -> dict[ReviewState, int]:
        """Every state, also those with none."""
        rows = self._connection.execute(
            f"SELECT e.status, count(*) FROM example e WHERE {LIVE} GROUP BY e.status"  # noqa: S608
        )
        found = dict(rows.fetchall())
        return {state: int(found.get(state.value, 0)) for state in ReviewState}

    @guarded
    def count_by_split(self) -> dict[Split | None, int]:
        rows = self._connection.execute(
            f"SELECT e.split, count(*) FROM example e WHERE {LIVE} GROUP BY e.split"  # noqa: S608
        )
        found = dict(rows.fetchall())
        return {split: int(found.get(split, 0)) for split in (*Split, None)}

    @guarded
    def bodies(self, after_position: int = -1, limit: int = CHUNK) -> list[tuple[int, int, int, bytes]]:
        """The next examples in order: (position, example id, body id, bytes)."""
        return self._connection.execute(
            "SELECT e.position, e.id, e.body_id, b.bytes FROM example e JOIN body b ON b.id=e.body_id"
            " WHERE e.deleted_step IS NULL AND e.position > ? ORDER BY e.position LIMIT ?",
            (after_position, limit),
        ).fetchall()

    @guarded
    def rank_of(self, example_id: int) -> int | None:
        """The 0-based number of an example in the order now; None when it is not in the dataset."""
        row = self._connection.execute(
            "SELECT (SELECT count(*) FROM example e WHERE e.deleted_step IS NULL AND e.position < x.position)"
            " FROM example x WHERE x.id=? AND x.deleted_step IS NULL",
            (example_id,),
        ).fetchone()
        return None if row is None else int(row[0])

    @guarded
    def id_of_uid(self, uid: str) -> int | None:
        row = self._connection.execute(
            f"SELECT e.id FROM example e WHERE e.uid=? AND {LIVE}",  # noqa: S608
            (uuid.UUID(uid).bytes,),
        ).fetchone()
        return None if row is None else int(row[0])

    @guarded
    def tags(self) -> list[tuple[str, int]]:
        """Each tag in use with the number of examples that have it, by name."""
        return self._connection.execute(
            "SELECT t.name, count(*) AS n FROM tag t JOIN example_tag x ON x.tag_id=t.id"
            " JOIN example e ON e.id=x.example_id WHERE e.deleted_step IS NULL GROUP BY t.id ORDER BY t.name"
        ).fetchall()

    @guarded
    def options(self) -> dict[str, Any]:
        rows = self._connection.execute("SELECT key, value FROM option")
        return {key: json.loads(value) for key, value in rows}

    @guarded
    def suppressions(self) -> list[SuppressionRow]:
        rows = self._connection.execute(
            "SELECT id, code, example_uid, field, reason, author, at FROM suppression ORDER BY id"
        )
        return [
            SuppressionRow(row[0], row[1], row[2], row[3], row[4], row[5], from_millis(row[6]))
            for row in rows
        ]

    @guarded
    def sources(self) -> list[SourceRow]:
        rows = self._connection.execute(
            "SELECT id, name, path, sha256, size, encoding, bom, line_end, final_newline, format, imported_at"
            " FROM source WHERE deleted_step IS NULL ORDER BY id"
        )
        return [_source_row(row) for row in rows]

    @guarded
    def unreadable_lines(self, *, blank: bool = False, limit: int = -1) -> list[KeptLineRow]:
        """Source lines that are no examples, in order; blank ones only when asked for."""
        rows = self._connection.execute(
            "SELECT k.id, k.source_id, s.name, k.line, k.bytes, k.kind, k.problem, k.column,"
            " k.offset, k.position FROM kept_line k JOIN source s ON s.id=k.source_id"
            " WHERE k.deleted_step IS NULL AND (? OR k.kind <> 'blank') ORDER BY k.position LIMIT ?",
            (int(blank), limit),
        )
        return [_kept_line_row(row) for row in rows]

    @guarded_iterator
    def lines(self, *, verify: bool = True) -> Iterator[StoredLine]:
        """Everything in order for an export as it is: examples, and kept lines at their places.

        Raises DamagedDatasetError where a body is not what it was when it was written.
        """
        cursor = self._connection.execute(
            "SELECT * FROM (SELECT e.position AS at, e.id, b.bytes, b.sha256, e.source_id, e.source_line"
            " FROM example e JOIN body b ON b.id=e.body_id WHERE e.deleted_step IS NULL ORDER BY e.position)"
            " UNION ALL SELECT * FROM (SELECT position, NULL, bytes, NULL, source_id, line FROM kept_line"
            " WHERE deleted_step IS NULL ORDER BY position) ORDER BY at"
        )
        while rows := cursor.fetchmany(256):
            for at, example_id, data, sha, source_id, line in rows:
                if verify and sha is not None and hashlib.sha256(data).digest() != sha:
                    number = (self.rank_of(example_id) or 0) + 1
                    raise DamagedDatasetError(
                        f"Example {number:,} is damaged: its text is not what was written.",
                        "Restore it from a backup, or delete it.",
                    )
                yield StoredLine(at, example_id, data, source_id, line)

    @guarded
    def damaged_ids(self) -> list[int]:
        """Examples whose bytes are not what was written; reads the whole dataset."""
        rows = self._connection.execute(
            f"SELECT e.id, b.sha256, b.bytes FROM example e JOIN body b ON b.id=e.body_id WHERE {LIVE}"  # noqa: S608
        )
        return [example_id for example_id, sha, data in rows if hashlib.sha256(data).digest() != sha]


def _example_row(row: tuple[Any, ...]) -> ExampleRow:
    return ExampleRow(
        id=row[0],
        uid=str(uuid.UUID(bytes=row[1])),
        kind=ExampleKind(row[2]),
        body=row[3],
        status=ReviewState(row[4]),
        split=Split(row[5]) if row[5] else None,
        split_pinned=bool(row[6]),
        note=row[7],
        tags=tuple(json.loads(row[8])),
        source_name=row[9] or "",
        source_line=row[10],
        created_at=from_millis(row[11]),
        edited_at=None if row[12] is None else from_millis(row[12]),
        position=row[13],
        body_id=row[14],
        original_body_id=row[15],
    )


def _source_row(row: tuple[Any, ...]) -> SourceRow:
    return SourceRow(
        id=row[0],
        name=row[1],
        path=row[2],
        sha256=row[3].hex(),
        size=row[4],
        encoding=row[5],
        bom=bool(row[6]),
        line_end=row[7],
        final_newline=bool(row[8]),
        format=row[9],
        imported_at=from_millis(row[10]),
    )


def _kept_line_row(row: tuple[Any, ...]) -> KeptLineRow:
    line = KeptLine(
        line=row[3], data=row[4], kind=LineKind(row[5]), problem=row[6], column=row[7], offset=row[8]
    )
    return KeptLineRow(row[0], row[1], row[2], line, row[9])
