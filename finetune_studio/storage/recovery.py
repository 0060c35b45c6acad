"""Recovering a damaged dataset: what can be read goes into a new file, and what could not is told."""

import hashlib
import sqlite3
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uuid_utils

from finetune_studio.domain.errors import DamagedDatasetError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.storage import checks
from finetune_studio.storage.connection import UNREADABLE, connect, storage_errors
from finetune_studio.storage.database import building
from finetune_studio.storage.rows import GAP, LineKind

Row = tuple[Any, ...]

_STEP = 256
_MOST_FAILURES = 20_000


@dataclass(slots=True)
class RecoveryReport:
    """`recovered` examples are in `path`; of those `doubtful` have a text that is not what was written."""

    path: Path
    recovered: int = 0
    lost: list[int] = field(default_factory=list)
    doubtful: list[int] = field(default_factory=list)
    without_review: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def recover(path: Path, into: Path) -> RecoveryReport:
    """Read a damaged file row by row and build a new one from it; the damaged file is not touched.

    The history is not carried over. Raises DamagedDatasetError when nothing can be read.
    """
    report = RecoveryReport(into)
    checks.check_header_of_damaged(path)
    source = _open_damaged(path)
    try:
        salvage = _Salvage(source, report)
        examples = salvage.examples()
        if not examples:
            raise DamagedDatasetError(
                f"Nothing could be recovered from {path.name}.", "Restore a backup instead."
            )
        with storage_errors(into), building(into) as target:
            salvage.write(target, examples)
    finally:
        source.close()
    report.recovered = len(examples)
    return report


def _open_damaged(path: Path) -> sqlite3.Connection:
    """Read with the log when there is one that fits, otherwise the file alone."""
    for immutable in (False, True):
        connection: sqlite3.Connection | None = None
        try:
            connection = connect(path, "ro", immutable=immutable)
            connection.execute("PRAGMA cell_size_check=ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            return connection
        except UNREADABLE as error:
            if connection is not None:
                connection.close()
            failure = error
    raise DamagedDatasetError(
        f"Nothing could be recovered from {path.name}: {failure}.", "Restore a backup instead."
    )


class _Salvage:
    def __init__(self, source: sqlite3.Connection, report: RecoveryReport) -> None:
        self._source = source
        self._report = report
        self._failures = 0

    def examples(self) -> list[Row]:
        """Rows of `example`, and rows made up for bodies whose example is gone."""
        columns = (
            "id, uid, position, body_id, original_body_id, status, split, split_pinned, note, source_id,"
            " source_line, created_at, deleted_step"
        )
        found: dict[int, Row] = {}
        for row in self._rows("example", columns):
            if isinstance(row[0], int) and isinstance(row[2], int) and isinstance(row[3], int):
                found[row[0]] = row
        bodies: dict[int, int] = {}
        owners: dict[int, list[int]] = {}
        for body_id, example_id in self._rows("body", "id, example_id"):
            if isinstance(body_id, int) and isinstance(example_id, int):
                bodies[body_id] = example_id
                owners.setdefault(example_id, []).append(body_id)
        removed = {example_id for example_id, row in found.items() if row[12] is not None}
        kept = [self._with_body(row, bodies, owners) for row in found.values() if row[12] is None]
        result = [row for row in kept if row is not None]
        last = max((row[2] for row in result), default=0)
        for example_id in sorted(owners.keys() - found.keys() - removed):
            last += GAP
            body_id = owners[example_id][-1]
            result.append(
                (example_id, b"", last, body_id, body_id, "to_review", None, 0, "", None, None, 0, None)
            )
            self._report.without_review.append(example_id)
        return result

    def _with_body(self, row: Row, bodies: dict[int, int], owners: dict[int, list[int]]) -> Row | None:
        """The row with bodies that are there: its own, else an earlier one, else the example is lost."""
        body_id = row[3]
        if body_id not in bodies:
            others = owners.get(row[0], [])
            if not others:
                self._report.lost.append(row[0])
                return None
            body_id = others[-1]
            self._report.doubtful.append(row[0])
        original = row[4] if row[4] in bodies else body_id
        return (*row[:3], body_id, original, *row[5:])

    def write(self, target: sqlite3.Connection, examples: list[Row]) -> None:
        target.execute("BEGIN")
        sources = self._write_sources(target)
        uids: set[bytes] = set()
        written: set[int] = set()
        places: set[int] = set()
        for row in sorted(examples, key=lambda row: row[0]):
            if not self._write_bodies(target, row):
                self._report.lost.append(row[0])
                continue
            target.execute(
                "INSERT OR IGNORE INTO example VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                _mended(row, uids, sources, places),
            )
            written.add(row[0])
        examples[:] = [row for row in examples if row[0] in written]
        self._write_rest(target, sources, written)
        target.execute("COMMIT")

    def _write_bodies(self, target: sqlite3.Connection, row: Row) -> bool:
        for body_id in dict.fromkeys((row[4], row[3])):
            found = list(self._range("body", "id, example_id, kind, at, sha256, bytes", body_id, body_id))
            if not found or not isinstance(found[0][5], bytes):
                return False
            _, _, kind, at, sha, data = found[0]
            true_sha = hashlib.sha256(data).digest()
            if true_sha != sha and row[0] not in self._report.doubtful:
                self._report.doubtful.append(row[0])
            kind = kind if kind in {k.value for k in ExampleKind} else ExampleKind.OTHER.value
            at = at if isinstance(at, int) else None
            target.execute(
                "INSERT OR IGNORE INTO body(id, example_id, kind, at, sha256, bytes)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (body_id, row[0], kind, at, true_sha, data),
            )
        return True

    def _write_sources(self, target: sqlite3.Connection) -> set[int]:
        sources = set()
        for row in self._rows("source", "*"):
            if self._insert(target, "source", row):
                sources.add(row[0])
        return sources

    def _write_rest(self, target: sqlite3.Connection, sources: set[int], examples: set[int]) -> None:
        kinds = {kind.value for kind in LineKind}
        for row in self._rows("kept_line", "*"):
            if row[1] in sources and row[5] in kinds and row[8] is None:
                self._insert(target, "kept_line", row)
        tags = {row[0] for row in self._rows("tag", "*") if self._insert(target, "tag", row)}
        for tag_id in tags:
            try:
                pairs = self._source.execute(
                    "SELECT tag_id, example_id FROM example_tag WHERE tag_id=?", (tag_id,)
                ).fetchall()
            except UNREADABLE as error:
                self._report.notes.append(f"A tag could not be read: {error}.")
                continue
            for row in pairs:
                if row[1] in examples:
                    self._insert(target, "example_tag", row)
        for table in ("suppression", "submission", "evaluation", "tool", "version"):
            for row in self._rows(table, "*"):
                self._insert(target, table, row)
        try:
            for row in self._source.execute("SELECT key, value FROM option").fetchall():
                self._insert(target, "option", row)
        except UNREADABLE as error:
            self._report.notes.append(f"The settings of the dataset could not be read: {error}.")

    def _insert(self, target: sqlite3.Connection, table: str, row: Row) -> bool:
        marks = ", ".join("?" for _ in row)
        try:
            target.execute(f"INSERT INTO {table} VALUES ({marks})", row)  # noqa: S608 (a name of ours)
        except (sqlite3.IntegrityError, sqlite3.OperationalError) as error:
            self._report.notes.append(f"A row of {table} could not be taken over: {error}.")
            return False
        return True

    def _rows(self, table: str, columns: str) -> Iterator[Row]:
        """All rows that can be read, by row id."""
        last = self._last_id(table)
        for first in range(1, last + 1, _STEP):
            yield from self._range(table, columns, first, min(first + _STEP - 1, last))

    def _range(self, table: str, columns: str, first: int, last: int) -> Iterator[Row]:
        """Rows of a range of ids; where reading fails, of its halves, down to single rows."""
        if self._failures > _MOST_FAILURES:
            return
        try:
            rows = self._source.execute(
                f"SELECT {columns} FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid",  # noqa: S608
                (first, last),
            ).fetchall()
        except UNREADABLE:
            self._failures += 1
            if first == last:
                return
            middle = (first + last) // 2
            yield from self._range(table, columns, first, middle)
            yield from self._range(table, columns, middle + 1, last)
            return
        yield from rows

    def _last_id(self, table: str) -> int:
        """The greatest id, from whatever tells it; bounded, since a damaged file may tell anything."""
        queries = (
            f"SELECT max(rowid) FROM {table}",  # noqa: S608 (a name of ours)
            f"SELECT seq FROM sqlite_sequence WHERE name='{table}'",  # noqa: S608 (a name of ours)
        )
        ids = []
        for query in queries:
            try:
                row = self._source.execute(query).fetchone()
            except UNREADABLE as error:
                self._report.notes.append(f"{table}: {error}.")
                continue
            if row is not None and isinstance(row[0], int):
                ids.append(row[0])
        pages = 1_000_000
        try:
            pages = int(self._source.execute("PRAGMA page_count").fetchone()[0])
        except UNREADABLE as error:
            self._report.notes.append(f"{table}: {error}.")
        return min(max(ids, default=pages * 16), max(pages * 400, 100_000))


def _mended(row: Row, uids: set[bytes], sources: set[int], places: set[int]) -> Row:
    """An example's row with impossible values replaced."""
    uid = row[1] if isinstance(row[1], bytes) and len(row[1]) == 16 and row[1] not in uids else None
    uid = uuid_utils.uuid7().bytes if uid is None else uuid.UUID(bytes=uid).bytes
    uids.add(uid)
    place = row[2] if 0 < row[2] < 1 << 60 and row[2] not in places else max(places, default=0) + GAP
    places.add(place)
    states = {state.value for state in ReviewState}
    splits = {split.value for split in Split}
    in_source = row[9] in sources
    return (
        row[0],
        uid,
        place,
        row[3],
        row[4],
        row[5] if row[5] in states else ReviewState.TO_REVIEW.value,
        row[6] if row[6] in splits else None,
        int(row[7] == 1),
        row[8] if isinstance(row[8], str) else "",
        row[9] if in_source else None,
        row[10] if in_source and isinstance(row[10], int) else None,
        row[11] if isinstance(row[11], int) and 0 <= row[11] < 1 << 45 else 0,
    )
