"""The history of changes: steps, undo and redo, kept in the dataset file."""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import retention, versions
from finetune_studio.storage.change_log import OF_EXAMPLES, RecordKind, read_records, touched_by
from finetune_studio.storage.connection import storage_errors
from finetune_studio.storage.packing import union_of
from finetune_studio.storage.recorder import Classify
from finetune_studio.storage.replay import apply_record
from finetune_studio.storage.rows import StepRow, from_millis, to_millis
from finetune_studio.storage.step import Step

MERGE_MILLIS = 5_000
"""Steps of one merge key that follow each other within this time are one step."""

_TRIM_EVERY = 64


def _now() -> datetime:
    return datetime.now(UTC)


class HistoryStore:
    """Writes through the one writing connection; belongs to the store thread. Errors name `path`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        classify: Classify | None = None,
        clock: Callable[[], datetime] = _now,
        path: Path | None = None,
    ) -> None:
        self._connection = connection
        self._path = path
        self._classify = classify
        self._clock = clock

    @contextmanager
    def step(
        self,
        code: str,
        arguments: dict[str, Any] | None = None,
        merge_key: str | None = None,
        author: str = "",
    ) -> Iterator[Step]:
        """Make one step of all changes inside the block, in one transaction; an error takes all back.

        `code` and `arguments` are the label that the person reads, filled by a translation. After the
        block `step.changes` says what was touched. Raises StorageFullError and other StudioErrors.
        """
        now = self._clock()

        def start() -> int:
            return self._start(code, arguments or {}, merge_key, author, to_millis(now))

        with self._transaction():
            step = Step(self._connection, start, now, author, self._classify)
            yield step
            step.finish(code)
            if step.id is not None:
                self._drop_if_empty(step.id)
                if step.id % _TRIM_EVERY == 0:
                    retention.drop_oldest(self._connection, self._file_size())
                self._bump()

    def undo(self) -> Changes | None:
        """Take the newest step back; None when there is none."""
        return self._replay(forward=False)

    def redo(self) -> Changes | None:
        """Do the step again that was undone last; None when there is none."""
        return self._replay(forward=True)

    def undo_label(self) -> tuple[str, dict[str, Any]] | None:
        return undo_label(self._connection)

    def redo_label(self) -> tuple[str, dict[str, Any]] | None:
        return redo_label(self._connection)

    def newest_step(self) -> int | None:
        """The step that undo would take back."""
        row = _next_step(self._connection, redo=False)
        return None if row is None else row[0]

    def steps(self, limit: int = 100) -> list[StepRow]:
        return steps(self._connection, limit)

    def steps_of_example(self, example_id: int) -> list[StepRow]:
        return steps_of_example(self._connection, example_id)

    def name_version(self, name: str) -> int:
        """Give what the dataset is now a name; returns the version's id. Not a step."""
        with self._transaction():
            version_id = versions.create(self._connection, name, to_millis(self._clock()))
            self._bump()
        return version_id

    def delete_version(self, version_id: int) -> None:
        """Forget a version; the dataset as it is now and its steps stay."""
        with self._transaction():
            versions.delete(self._connection, version_id)
            self._bump()

    def forget(self) -> None:
        """Drop the whole history with every text that only it holds."""
        with self._transaction():
            retention.drop_all(self._connection)
            self._bump()

    def trim(self, kept_steps: int = retention.KEPT_STEPS) -> int:
        """Forget the oldest steps beyond the limits; returns how many."""
        with self._transaction():
            return retention.drop_oldest(self._connection, self._file_size(), kept_steps)

    def _replay(self, *, forward: bool) -> Changes | None:
        row = _next_step(self._connection, redo=forward)
        if row is None:
            return None
        step_id, code, _ = row
        kinds = {ChangeKind.HISTORY}
        touched: list[IdSet] = []
        with self._transaction():
            records = [record for _, record in read_records(self._connection, step_id)]
            for record in records if forward else reversed(records):
                apply_record(self._connection, record, forward=forward, step_id=step_id)
                kinds.add(touched_by(record))
                touched.append(record.example_ids)
            self._connection.execute(
                "UPDATE step SET undone=?, touched_at=0 WHERE id=?", (int(not forward), step_id)
            )
            self._bump()
        return Changes(frozenset(kinds), union_of(touched), label=code)

    def _start(
        self, code: str, arguments: dict[str, Any], merge_key: str | None, author: str, now: int
    ) -> int:
        """The row of a new step, or of the last one when this one continues it."""
        retention.drop_undone(self._connection)
        if merge_key is not None:
            last = self._connection.execute(
                "SELECT id, merge_key, touched_at FROM step ORDER BY id DESC LIMIT 1"
            ).fetchone()
            if last is not None and last[1] == merge_key and 0 <= now - last[2] <= MERGE_MILLIS:
                self._connection.execute("UPDATE step SET touched_at=? WHERE id=?", (now, last[0]))
                return int(last[0])
        cursor = self._connection.execute(
            "INSERT INTO step(code, arguments, at, touched_at, author, merge_key) VALUES (?, ?, ?, ?, ?, ?)",
            (code, json.dumps(arguments), now, now, author, merge_key),
        )
        return int(cursor.lastrowid or 0)

    def _drop_if_empty(self, step_id: int) -> None:
        self._connection.execute(
            "DELETE FROM step WHERE id=?1 AND NOT EXISTS (SELECT 1 FROM change WHERE step_id=?1)", (step_id,)
        )

    def _bump(self) -> None:
        """Count the commit, so that derived data knows what it was made from."""
        self._connection.execute("UPDATE meta SET value=value+1 WHERE key='revision'")
        self._connection.execute("UPDATE meta SET value=? WHERE key='stamp'", (secrets.token_hex(8),))

    def _file_size(self) -> int:
        pages = self._connection.execute("PRAGMA page_count").fetchone()[0]
        pages -= self._connection.execute("PRAGMA freelist_count").fetchone()[0]
        return int(pages) * int(self._connection.execute("PRAGMA page_size").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with storage_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


def undo_label(connection: sqlite3.Connection) -> tuple[str, dict[str, Any]] | None:
    """Code and arguments of the step that undo would take back."""
    row = _next_step(connection, redo=False)
    return None if row is None else (row[1], json.loads(row[2]))


def redo_label(connection: sqlite3.Connection) -> tuple[str, dict[str, Any]] | None:
    """Code and arguments of the step that redo would do again."""
    row = _next_step(connection, redo=True)
    return None if row is None else (row[1], json.loads(row[2]))


def steps(connection: sqlite3.Connection, limit: int = 100) -> list[StepRow]:
    """The newest steps first, undone ones included."""
    rows = connection.execute(
        "SELECT id, code, arguments, at, author, undone FROM step ORDER BY id DESC LIMIT ?", (limit,)
    ).fetchall()
    return [_step_row(row) for row in rows]


def steps_of_example(connection: sqlite3.Connection, example_id: int) -> list[StepRow]:
    """The steps that touched an example, newest first; reads the whole history."""
    touching = {
        step_id
        for step_id, kind, ids in connection.execute("SELECT step_id, kind, ids FROM change")
        if RecordKind(kind) in OF_EXAMPLES and example_id in IdSet.from_bytes(ids)
    }
    return [row for row in steps(connection, -1) if row.id in touching]


def _next_step(connection: sqlite3.Connection, *, redo: bool) -> tuple[int, str, str] | None:
    order = "undone=1 ORDER BY id" if redo else "undone=0 ORDER BY id DESC"
    row: tuple[int, str, str] | None = connection.execute(
        f"SELECT id, code, arguments FROM step WHERE {order} LIMIT 1"  # noqa: S608 (a condition of ours)
    ).fetchone()
    return row


def _step_row(row: tuple[Any, ...]) -> StepRow:
    return StepRow(row[0], row[1], json.loads(row[2]), from_millis(row[3]), row[4], bool(row[5]))
