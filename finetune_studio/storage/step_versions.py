"""Bringing the dataset back to a version: examples, texts, order, states, splits and tags."""

import json
from collections.abc import Mapping

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage import replay
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.packing import pack_integers, ranges_of_sorted
from finetune_studio.storage.step_examples import ExampleChanges, ReviewChanges
from finetune_studio.storage.versions import Snapshot, snapshot_now


class VersionChanges(ExampleChanges, ReviewChanges):
    """Part of a step."""

    def restore_snapshot(self, wanted: Snapshot) -> None:
        """Make the dataset what it was; undo makes it what it is now."""
        now = snapshot_now(self._connection)
        self.delete_examples(_set(now.bodies.keys() - wanted.bodies.keys()))
        self._revive(_set(wanted.bodies.keys() - now.bodies.keys()))
        present = snapshot_now(self._connection)
        self._point(RecordKind.BODY, "body_id", present.bodies, self._there(present, wanted))
        self._point(RecordKind.POSITION, "position", present.positions, wanted.positions)
        for status, ids in wanted.statuses.items():
            self.set_status(ids, ReviewState(status))
        for split, ids in wanted.splits.items():
            name = split.rstrip("!")
            self.set_split(ids, Split(name) if name else None, split.endswith("!"))
        for tag in present.tags.keys() | wanted.tags.keys():
            self._set_tag(tag, present.tags.get(tag, IdSet()), wanted.tags.get(tag, IdSet()))

    def restore_body(self, example_id: int, body_id: int) -> IdSet:
        """Give an example one of its earlier texts back."""
        row = self._connection.execute(
            "SELECT e.body_id FROM example e JOIN body b ON b.example_id=e.id AND b.id=?"
            " WHERE e.id=? AND e.deleted_step IS NULL",
            (body_id, example_id),
        ).fetchone()
        if row is None or row[0] == body_id:
            return IdSet()
        self._point(RecordKind.BODY, "body_id", {example_id: row[0]}, {example_id: body_id})
        return IdSet.range(example_id, example_id)

    def _there(self, present: Snapshot, wanted: Snapshot) -> dict[int, int]:
        """The bodies to point to that are in the file: a recovered dataset may lack some."""
        asked = {
            number: wanted.bodies[number]
            for number, old in present.bodies.items()
            if wanted.bodies.get(number, old) != old
        }
        rows = self._connection.execute(
            "SELECT id, example_id FROM body WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(asked.values())),),
        )
        owners = dict(rows.fetchall())
        return {number: body_id for number, body_id in asked.items() if owners.get(body_id) == number}

    def _revive(self, ids: IdSet) -> None:
        found = [
            row[0]
            for row in self._connection.execute(
                "SELECT id FROM example WHERE deleted_step IS NOT NULL"
                " AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
                (json.dumps(list(ids)),),
            )
        ]
        if found:
            record = Record(RecordKind.REVIVE, IdSet(ranges_of_sorted(found)))
            replay.apply_record(self._connection, record, forward=True, step_id=self._begin())
            self._record(record)

    def _point(
        self, kind: RecordKind, column: str, now: Mapping[int, int], wanted: Mapping[int, int]
    ) -> None:
        ids = sorted(number for number, old in now.items() if wanted.get(number, old) != old)
        if not ids:
            return
        old, new = (pack_integers([values[number] for number in ids]) for values in (now, wanted))
        record = Record(kind, IdSet(ranges_of_sorted(ids)), "", old, new)
        replay.set_each(self._connection, "example", column, record.ids, new)
        self._record(record)

    def _set_tag(self, tag: str, now: IdSet, wanted: IdSet) -> None:
        before, after = set(now), set(wanted)
        if after - before:
            self.add_tag(_set(after - before), tag)
        if before - after:
            self.remove_tag(_set(before - after), tag)


def _set(ids: "set[int]") -> IdSet:
    return IdSet.of(ids)
