"""Change records: what a step did, small however many examples it touched."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from finetune_studio.domain.changes import ChangeKind
from finetune_studio.domain.id_set import IdSet

Value = str | int | bytes | None


class RecordKind(StrEnum):
    """What a record's key, old, new and ids mean is told beside each."""

    INSERT = "insert"
    """ids: examples that came."""
    DELETE = "delete"
    """ids: examples that went; their rows stay until the step is forgotten."""
    REVIVE = "revive"
    """ids: removed examples that came back; forgetting the step removes none of them."""
    BODY = "body"
    """old, new: packed body ids, one for each id in order."""
    STATUS = "status"
    """old, new: the status of all ids."""
    SPLIT = "split"
    """old, new: "train", "train!" when pinned, "" when none."""
    TAG = "tag"
    """key: the tag's name; new: 1 when it was put on, 0 when taken off."""
    NOTE = "note"
    POSITION = "position"
    """old, new: packed positions, one for each id in order."""
    LINE_INSERT = "line_insert"
    """ids: kept lines that came."""
    LINE_DELETE = "line_delete"
    LINE_POSITION = "line_position"
    SOURCE = "source"
    """ids: sources that came."""
    OPTION = "option"
    """key; old, new: JSON text, None where there was none."""
    SUPPRESSION = "suppression"
    """key: its id; old, new: the row as JSON text, None where there was none."""


TOUCHES: dict[RecordKind, ChangeKind] = {
    RecordKind.INSERT: ChangeKind.MEMBERSHIP,
    RecordKind.DELETE: ChangeKind.MEMBERSHIP,
    RecordKind.REVIVE: ChangeKind.MEMBERSHIP,
    RecordKind.BODY: ChangeKind.BODIES,
    RecordKind.STATUS: ChangeKind.STATUS,
    RecordKind.SPLIT: ChangeKind.SPLIT,
    RecordKind.TAG: ChangeKind.TAGS,
    RecordKind.NOTE: ChangeKind.NOTE,
    RecordKind.POSITION: ChangeKind.MEMBERSHIP,
    RecordKind.LINE_INSERT: ChangeKind.MEMBERSHIP,
    RecordKind.LINE_DELETE: ChangeKind.MEMBERSHIP,
    RecordKind.LINE_POSITION: ChangeKind.MEMBERSHIP,
    RecordKind.SOURCE: ChangeKind.MEMBERSHIP,
    RecordKind.OPTION: ChangeKind.OPTIONS,
    RecordKind.SUPPRESSION: ChangeKind.OPTIONS,
}

FILTERS = "filters."
"""Options whose keys begin so say how the dataset is looked at; nothing is judged by them."""


def touched_by(record: "Record") -> ChangeKind:
    """What a face looks at again after a change."""
    if record.kind is RecordKind.OPTION and record.key.startswith(FILTERS):
        return ChangeKind.FILTERS
    return TOUCHES[record.kind]


OF_EXAMPLES = frozenset(
    (
        RecordKind.INSERT,
        RecordKind.DELETE,
        RecordKind.REVIVE,
        RecordKind.BODY,
        RecordKind.STATUS,
        RecordKind.SPLIT,
        RecordKind.TAG,
        RecordKind.NOTE,
        RecordKind.POSITION,
    )
)


@dataclass(frozen=True, slots=True)
class Record:
    kind: RecordKind
    ids: IdSet
    key: str = ""
    old: Value = None
    new: Value = None

    @property
    def example_ids(self) -> IdSet:
        """The examples that it touched; empty for records of other things."""
        return self.ids if self.kind in OF_EXAMPLES else IdSet()


def write_record(connection: sqlite3.Connection, step_id: int, record: Record) -> int:
    """Append a record to a step; returns the bytes it takes."""
    ids = record.ids.to_bytes()
    connection.execute(
        "INSERT INTO change(step_id, kind, key, old, new, ids) VALUES (?, ?, ?, ?, ?, ?)",
        (step_id, record.kind.value, record.key, record.old, record.new, ids),
    )
    sizes = (len(value) for value in (record.old, record.new) if isinstance(value, str | bytes))
    return len(ids) + 32 + sum(sizes)


def read_records(connection: sqlite3.Connection, step_id: int) -> list[tuple[int, Record]]:
    """The records of a step in the order they were made, each with its row id."""
    rows = connection.execute(
        "SELECT id, kind, key, old, new, ids FROM change WHERE step_id=? ORDER BY id", (step_id,)
    ).fetchall()
    return [
        (row_id, Record(RecordKind(kind), IdSet.from_bytes(ids), key, old, new))
        for row_id, kind, key, old, new, ids in rows
    ]


def last_record(connection: sqlite3.Connection, step_id: int) -> tuple[int, Record] | None:
    """The newest record of a step with its row id."""
    row = connection.execute(
        "SELECT id, kind, key, old, new, ids FROM change WHERE step_id=? ORDER BY id DESC LIMIT 1", (step_id,)
    ).fetchone()
    if row is None:
        return None
    row_id, kind, key, old, new, ids = row
    return row_id, Record(RecordKind(kind), IdSet.from_bytes(ids), key, old, new)
