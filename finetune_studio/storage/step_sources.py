"""Changes of sources and of their lines that are no examples."""

from collections.abc import Iterable

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.storage import bodies, places, replay
from finetune_studio.storage.change_log import Record, RecordKind
from finetune_studio.storage.recorder import Recorder
from finetune_studio.storage.rows import GAP, KeptLine, NewExample, NewSource, storable


class SourceChanges(Recorder):
    def add_source(self, source: NewSource) -> int:
        """Note where examples come from; its lines' places begin after everything there is."""
        self._begin()
        cursor = self._connection.execute(
            "INSERT INTO source(name, path, sha256, size, encoding, bom, line_end, final_newline, format,"
            " first_position, imported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                storable(source.name),
                storable(source.path),
                bytes.fromhex(source.sha256),
                source.size,
                source.encoding,
                int(source.bom),
                source.line_end,
                int(source.final_newline),
                source.format,
                places.last_place(self._connection),
                self._now,
            ),
        )
        source_id = int(cursor.lastrowid or 0)
        self._record(Record(RecordKind.SOURCE, IdSet.range(source_id, source_id)))
        return source_id

    def add_unreadable_lines(self, source_id: int, lines: Iterable[KeptLine]) -> IdSet:
        """Keep lines of a source that are no examples (unreadable, blank), each at its place."""
        row = self._connection.execute(
            "SELECT first_position FROM source WHERE id=?", (source_id,)
        ).fetchone()
        self._begin()
        before = bodies.next_id(self._connection, "kept_line")
        self._connection.executemany(
            "INSERT INTO kept_line(source_id, line, offset, position, kind, problem, column, bytes)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    source_id,
                    line.line,
                    line.offset,
                    row[0] + line.line * GAP,
                    line.kind.value,
                    storable(line.problem),
                    line.column,
                    line.data,
                )
                for line in lines
            ),
        )
        ids = IdSet.range(before, bodies.next_id(self._connection, "kept_line") - 1)
        if ids:
            self._record(Record(RecordKind.LINE_INSERT, ids))
        return ids

    def repair_line(self, line_id: int, body: bytes, status: ReviewState = ReviewState.TO_REVIEW) -> IdSet:
        """Turn a kept line into an example at its place."""
        row = self._connection.execute(
            "SELECT source_id, line, position FROM kept_line WHERE id=? AND deleted_step IS NULL", (line_id,)
        ).fetchone()
        if row is None:
            raise UsageError("That line is no longer in the dataset.")
        self.remove_lines(IdSet.range(line_id, line_id))
        example = NewExample(body, status=status, source_id=row[0], source_line=row[1])
        ids = bodies.insert(self._connection, [example], [row[2]], self._now, self._classify)
        self._size += len(body)
        self._record(Record(RecordKind.INSERT, ids))
        return ids

    def remove_lines(self, ids: IdSet) -> IdSet:
        """Remove kept lines, so that an export as it is leaves them out; returns those that were there."""
        found = IdSet.of(
            row[0]
            for first, last in ids.ranges
            for row in self._connection.execute(
                "SELECT id FROM kept_line WHERE id BETWEEN ? AND ? AND deleted_step IS NULL", (first, last)
            )
        )
        if found:
            replay.set_deleted(self._connection, "kept_line", found, self._begin())
            self._record(Record(RecordKind.LINE_DELETE, found))
        return found
