"""Changes of the dataset's options and of findings set aside."""

import json
from typing import Any

from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import replay
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.recorder import Recorder
from finetune_studio.storage.rows import storable


class SettingsChanges(Recorder):
    def set_option(self, key: str, value: Any) -> None:
        """Set a dataset's option to anything that JSON can say; None removes it."""
        new = None if value is None else json.dumps(value)
        row = self._connection.execute("SELECT value FROM option WHERE key=?", (key,)).fetchone()
        old = row[0] if row else None
        if old != new:
            self._begin()
            replay.set_option(self._connection, key, new)
            self._record(Record(RecordKind.OPTION, IdSet(), key, old, new))

    def add_suppression(
        self, code: str, example_uid: str | None = None, field: str = "", reason: str = ""
    ) -> int:
        """Set a finding aside, for one example or for all; returns the suppression's id."""
        self._begin()
        values = (code, example_uid, storable(field), storable(reason), self._author, self._now)
        cursor = self._connection.execute(
            "INSERT INTO suppression(code, example_uid, field, reason, author, at) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
        row_id = int(cursor.lastrowid or 0)
        new = json.dumps(values)
        self._record(Record(RecordKind.SUPPRESSION, IdSet(), str(row_id), None, new))
        return row_id

    def remove_suppression(self, suppression_id: int) -> None:
        row = self._connection.execute(
            "SELECT code, example_uid, field, reason, author, at FROM suppression WHERE id=?",
            (suppression_id,),
        ).fetchone()
        if row is not None:
            self._begin()
            replay.put_suppression(self._connection, suppression_id, None)
            old = json.dumps(row)
            self._record(Record(RecordKind.SUPPRESSION, IdSet(), str(suppression_id), old, None))
