"""What a step can do to examples: they come, go, move, change, and are judged."""

from collections.abc import Iterable, Sequence

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.storage import bodies, places, replay
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.packing import ranges_of_sorted, union_of
from finetune_studio.storage.recorder import Recorder
from finetune_studio.storage.rows import GAP, NewExample, storable

_CHUNK = 2000


class ExampleChanges(Recorder):
    """Examples that come, go, move and change."""

    def insert_examples(
        self, examples: Iterable[NewExample], at_position: int | None = None, *, after_id: int | None = None
    ) -> IdSet:
        """Insert at the end; or before whatever stands at `at_position`; or right after an example.

        Without a place named, examples of a source line take that line's place.
        """
        if after_id is not None:
            at_position = self._position(after_id) + 1
        if at_position is not None:
            return self._insert_before(list(examples), at_position)
        first_of_source: dict[int, int] = dict(
            self._connection.execute("SELECT id, first_position FROM source").fetchall()
        )
        total = IdSet()
        for chunk in bodies.chunks(examples, _CHUNK):
            at = self._places_of(chunk, first_of_source)
            total = total | self._insert(chunk, at)
        return total

    def _insert_before(self, examples: list[NewExample], position: int) -> IdSet:
        if not examples:
            return IdSet()
        room = places.places_before(self._connection, position, len(examples))
        for record in room.records:
            self._record(record)
        return self._insert(examples, room.places)

    def _insert(self, examples: Sequence[NewExample], at: Sequence[int]) -> IdSet:
        ids = bodies.insert(self._connection, examples, at, self._now, self._classify)
        self._size += sum(len(example.body) for example in examples)
        self._record(Record(RecordKind.INSERT, ids))
        return ids

    def _places_of(self, chunk: Sequence[NewExample], first_of_source: dict[int, int]) -> list[int]:
        """Each example's place: its source line's, or the end of the dataset."""
        at: list[int] = []
        end: int | None = None
        for example in chunk:
            if example.source_id is not None and example.source_line is not None:
                at.append(first_of_source[example.source_id] + example.source_line * GAP)
                continue
            end = max(places.last_place(self._connection) if end is None else end, max(at[-1:], default=0))
            end += GAP
            at.append(end)
        return at

    def delete_examples(self, ids: IdSet) -> IdSet:
        """Remove examples; returns those that were there."""
        found = self._select(ids, "1")
        if found:
            replay.set_deleted(self._connection, "example", found, self._begin())
            self._record(Record(RecordKind.DELETE, found))
        return found

    def set_bodies(self, new_bodies: Iterable[tuple[int, bytes]]) -> IdSet:
        """Give examples new bytes; returns those whose bytes did change."""
        changed: list[IdSet] = []
        for chunk in bodies.chunks(new_bodies, _CHUNK):
            record, size = bodies.replace(self._connection, dict(chunk), self._now, self._classify)
            if record is not None:
                self._record(record)
                self._size += size
                changed.append(record.ids)
        return union_of(changed)

    def restore_originals(self, ids: IdSet) -> IdSet:
        """Give examples the bytes back that they came with."""
        found = self._select(ids, "body_id <> original_body_id")
        rows = (
            (example_id, data)
            for first, last in found.ranges
            for example_id, data in self._connection.execute(
                "SELECT e.id, b.bytes FROM example e JOIN body b ON b.id=e.original_body_id"
                " WHERE e.id BETWEEN ? AND ? AND e.deleted_step IS NULL AND e.body_id <> e.original_body_id",
                (first, last),
            ).fetchall()
        )
        return self.set_bodies(rows)

    def move_example(self, example_id: int, before_id: int | None) -> None:
        """Put an example before another one, or at the end."""
        self._position(example_id)
        if before_id is None:
            room = places.Room(places.places_at_end(self._connection, 1), [])
        else:
            room = places.places_before(self._connection, self._position(before_id), 1)
        for record in room.records:
            self._record(record)
        self._record(places.move_to(self._connection, example_id, self._position(example_id), room.places[0]))


class ReviewChanges(Recorder):
    """What reviewers say of examples."""

    def set_status(self, ids: IdSet, status: ReviewState) -> IdSet:
        return self._set_values(RecordKind.STATUS, ids, "status", status.value)

    def set_split(self, ids: IdSet, split: Split | None, pinned: bool = False) -> IdSet:
        text = (split.value if split else "") + ("!" if pinned else "")
        expression = "coalesce(split, '') || iif(split_pinned, '!', '')"
        return self._set_values(RecordKind.SPLIT, ids, expression, text)

    def set_note(self, example_id: int, note: str) -> IdSet:
        return self._set_values(RecordKind.NOTE, IdSet.range(example_id, example_id), "note", storable(note))

    def _set_values(self, kind: RecordKind, ids: IdSet, expression: str, value: str) -> IdSet:
        """Set one value; a record for each old value that examples had. Returns those that changed."""
        by_old: dict[str, list[int]] = {}
        for first, last in ids.ranges:
            rows = self._connection.execute(
                f"SELECT {expression} AS old, id FROM example"  # noqa: S608 (an expression of ours)
                f" WHERE id BETWEEN ? AND ? AND deleted_step IS NULL AND {expression} <> ? ORDER BY id",
                (first, last, value),
            )
            for old, example_id in rows:
                by_old.setdefault(old, []).append(example_id)
        total = IdSet()
        for old, changed in by_old.items():
            record = Record(kind, IdSet(ranges_of_sorted(changed)), "", old, value)
            replay.apply_record(self._connection, record, forward=True, step_id=self._begin())
            self._record(record)
            total = total | record.ids
        return total

    def add_tag(self, ids: IdSet, name: str) -> IdSet:
        """Returns those that did not have the tag."""
        return self._tag(ids, name, on=True)

    def remove_tag(self, ids: IdSet, name: str) -> IdSet:
        """Returns those that had it."""
        return self._tag(ids, name, on=False)

    def _tag(self, ids: IdSet, name: str, *, on: bool) -> IdSet:
        name = storable(name).strip()
        if not name or "," in name:
            raise UsageError("A tag needs a name, without commas.")
        has = (
            "EXISTS (SELECT 1 FROM example_tag t WHERE t.example_id=example.id"
            " AND t.tag_id=(SELECT id FROM tag WHERE name=:name))"
        )
        found = self._select(ids, f"NOT {has}" if on else has, {"name": name})
        if found:
            self._begin()
            replay.set_tag(self._connection, name, found, on=on)
            self._record(Record(RecordKind.TAG, found, name, None, int(on)))
        return found
