"""The core of a step: records, what was touched, and the transaction's row of the history."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from finetune_studio.domain.changes import ChangeKind, Changes
from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import bodies
from finetune_studio.storage.change_log import Record, RecordKind, last_record, touched_by, write_record
from finetune_studio.storage.packing import ranges_of_sorted, union_of, unpack_integers
from finetune_studio.storage.rows import to_millis

Classify = Callable[[bytes], ExampleKind]
"""Tells the kind of an example from its bytes; comes from outside, since storage decodes nothing."""

_UNITED = frozenset(
    (
        RecordKind.INSERT,
        RecordKind.DELETE,
        RecordKind.STATUS,
        RecordKind.SPLIT,
        RecordKind.TAG,
        RecordKind.LINE_INSERT,
        RecordKind.LINE_DELETE,
    )
)


class Recorder:
    """`start` gives the step's row id when the first change comes: a step without changes leaves no trace."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        start: Callable[[], int],
        now: datetime,
        author: str,
        classify: Classify | None,
    ) -> None:
        self._connection = connection
        self._start = start
        self._now = to_millis(now)
        self._author = author
        self._classify = classify
        self._id: int | None = None
        self._pending: Record | None = None
        self._kinds: set[ChangeKind] = set()
        self._touched: list[IdSet] = []
        self._size = 0
        self.changes = Changes()

    @property
    def id(self) -> int | None:
        """The step's row id, None as long as nothing changed."""
        return self._id

    def finish(self, label: str) -> None:
        """Write what is pending and say what was touched; called once, before the commit."""
        self._flush()
        if self._id is None:
            return
        self._connection.execute("UPDATE step SET size=size+? WHERE id=?", (self._size, self._id))
        kinds = frozenset(self._kinds | {ChangeKind.HISTORY})
        self.changes = Changes(kinds, union_of(self._touched), label=label)

    def set_argument(self, key: str, value: int) -> None:
        """Write a number into the step's label that is known only now; nothing when the step is empty."""
        if self._id is not None:
            self._connection.execute(
                "UPDATE step SET arguments=json_set(arguments, '$.' || ?, ?) WHERE id=?",
                (key, value, self._id),
            )

    def _begin(self) -> int:
        if self._id is None:
            self._id = self._start()
        return self._id

    def _record(self, record: Record) -> None:
        """Note a change that was made; runs of the same change become one record."""
        self._begin()
        self._kinds.add(touched_by(record))
        self._touched.append(record.example_ids)
        pending = self._pending
        if pending is not None and _same_change(pending, record):
            self._pending = Record(record.kind, pending.ids | record.ids, record.key, record.old, record.new)
            return
        self._flush()
        self._pending = record

    def _flush(self) -> None:
        record, self._pending = self._pending, None
        if record is None or self._id is None:
            return
        last = last_record(self._connection, self._id)
        if last is None or not _continues(last[1], record):
            self._size += write_record(self._connection, self._id, record)
            return
        row_id, before = last
        if before.old == record.new:
            self._connection.execute("DELETE FROM change WHERE id=?", (row_id,))
        else:
            self._connection.execute("UPDATE change SET new=? WHERE id=?", (record.new, row_id))
        if record.kind is RecordKind.BODY and isinstance(record.old, bytes):
            bodies.delete_unused(self._connection, unpack_integers(record.old))

    def _select(self, ids: IdSet, condition: str, parameters: dict[str, str] | None = None) -> IdSet:
        """Those of `ids` that are in the dataset and fulfil a condition on `example`."""
        found: list[int] = []
        for first, last in ids.ranges:
            rows = self._connection.execute(
                f"SELECT id FROM example WHERE id BETWEEN :first AND :last"  # noqa: S608 (a condition of ours)
                f" AND deleted_step IS NULL AND ({condition}) ORDER BY id",
                {"first": first, "last": last, **(parameters or {})},
            )
            found.extend(row[0] for row in rows)
        return IdSet(ranges_of_sorted(found))

    def _position(self, example_id: int) -> int:
        row = self._connection.execute(
            "SELECT position FROM example WHERE id=? AND deleted_step IS NULL", (example_id,)
        ).fetchone()
        if row is None:
            raise UsageError("That example is no longer in the dataset.")
        return int(row[0])


def _same_change(before: Record, after: Record) -> bool:
    return (
        before.kind in _UNITED
        and before.kind is after.kind
        and (before.key, before.old, before.new) == (after.key, after.old, after.new)
    )


def _continues(before: Record, after: Record) -> bool:
    """Whether `after` changes again exactly what `before` changed, so that the two are one change."""
    return (
        after.kind in (RecordKind.BODY, RecordKind.NOTE)
        and before.kind is after.kind
        and before.ids == after.ids
        and before.new == after.old
    )
