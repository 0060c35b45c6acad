"""Writing the dataset to a file: as it is, or in the form that a service takes."""

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import StudioError
from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.formats.writing import AtomicWriter
from finetune_studio.storage.example_store import ExampleStore
from finetune_studio.storage.rows import SourceRow, StoredLine
from finetune_studio.targets.target import Target
from finetune_studio.workspace.submission_sources import TargetForm
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

MAX_LISTED = 10_000
"""Examples listed as left out; all are counted."""

_BOM = b"\xef\xbb\xbf"
_CHUNK = 256
_BODIES = (
    "SELECT e.id, e.status, e.source_line, b.bytes FROM example e JOIN body b ON b.id=e.body_id"
    " WHERE e.deleted_step IS NULL ORDER BY e.position"
)


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """What to write; None takes all. A split of None in `splits` means examples in no split."""

    statuses: frozenset[ReviewState] | None = None
    splits: frozenset[Split | None] | None = None
    tags: frozenset[str] | None = None
    """Examples with one of these tags."""

    @property
    def is_all(self) -> bool:
        return self.statuses is None and self.splits is None and self.tags is None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An example (or a line of the source that is none) that was not written, and why.

    `rank` counts from 1, as people do; `line` is that of the imported file.
    """

    example_id: int | None
    rank: int | None
    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote; `lines[n]` is the example on line n + 1 of the file, -1 for other lines."""

    path: Path
    written: int
    bytes_written: int
    sha256: str
    left_out: tuple[LeftOut, ...]
    n_left_out: int
    lines: "array[int]"


def export_as_is(
    workspace: "Workspace",
    path: Path,
    filter: ExportFilter | None = None,  # noqa: A002 (what it is called)
    context: TaskContext | None = None,
) -> ExportReport:
    """Write examples of every kind and status in order, unedited ones byte for byte.

    Without a filter, lines that are no examples stand at their places, and the byte order mark comes
    back. The old file stays until the new one is whole; raises StorageFullError and CancelledError.
    """
    chosen = filter or ExportFilter()
    context = context or silent_context()
    store = workspace.examples()
    with snapshot(workspace), AtomicWriter(path) as file:
        out = Output(file, context, store.count(), "Exporting")
        wanted = None if chosen.is_all else _ids_of(store, chosen)
        sources = store.sources()
        if chosen.is_all and sources and sources[0].bom:
            out.write_raw(_BOM)
        line_end = _line_end(sources)
        for line in store.lines():
            _write_line(out, line, wanted, line_end)
        out.finish()
    return out.report(path)


def export_for_target(
    workspace: "Workspace",
    path: Path,
    target: Target,
    filter: ExportFilter | None = None,  # noqa: A002 (what it is called)
    context: TaskContext | None = None,
) -> ExportReport:
    """Write what is ready for a service: rejected examples and keys it refuses out, one kind, line feeds.

    What was left out, and why, is in the report. Errors as export_as_is.
    """
    chosen = filter or ExportFilter()
    context = context or silent_context()
    store = workspace.examples()
    form = TargetForm(target)
    with snapshot(workspace) as connection, AtomicWriter(path) as file:
        out = Output(file, context, store.count(), f"Exporting for {target.title}")
        wanted = None if chosen.is_all else _ids_of(store, chosen)
        rows = connection.execute(_BODIES)
        for rank, (example_id, status, line_number, body) in enumerate(rows, 1):
            out.seen()
            if wanted is not None and example_id not in wanted:
                continue
            if status == ReviewState.REJECTED:
                out.leave_out(LeftOut(example_id, rank, line_number, "It is rejected."))
                continue
            try:
                out.write(form.sent(body, example_id).data, example_id)
            except StudioError as error:
                out.leave_out(LeftOut(example_id, rank, line_number, error.text))
        if chosen.is_all:
            for kept in store.unreadable_lines():
                reason = kept.line.problem or "The line cannot be read."
                out.leave_out(LeftOut(None, None, kept.line.line, reason))
        out.finish()
    return out.report(path)


@dataclass
class Output:
    """The file being written, with what the report will say of it."""

    file: AtomicWriter
    context: TaskContext
    total: int
    text: str
    written: int = 0
    n_left_out: int = 0
    _seen: int = 0
    _left_out: list[LeftOut] = field(default_factory=list)
    _lines: "array[int]" = field(default_factory=lambda: array("q"))
    _digest: Any = field(default_factory=hashlib.sha256)
    _size: int = 0
    _ended: bool = True
    """Whether what was written so far ends a line."""

    def seen(self) -> None:
        """Count an example that was looked at."""
        self._seen += 1
        if self._seen % _CHUNK == 0:
            self.context.progress(self._seen, self.total, self.text)

    def write(self, data: bytes, example_id: int | None) -> None:
        """Write one line; one that lacks a line end gets it when another follows."""
        if not self._ended:
            self.write_raw(b"\n")
        self.write_raw(data)
        self._ended = data.endswith(b"\n")
        self._lines.append(-1 if example_id is None else example_id)
        self.written += example_id is not None

    def write_raw(self, data: bytes) -> None:
        """Write bytes that are no line of their own."""
        self.file.write(data)
        self._digest.update(data)
        self._size += len(data)

    def leave_out(self, what: LeftOut) -> None:
        """Note something that is not written."""
        self.n_left_out += 1
        if len(self._left_out) < MAX_LISTED:
            self._left_out.append(what)

    def finish(self) -> None:
        """The last moment to cancel."""
        self.context.progress(self.total, self.total, self.text)

    def report(self, path: Path) -> ExportReport:
        return ExportReport(
            path=path,
            written=self.written,
            bytes_written=self._size,
            sha256=self._digest.hexdigest(),
            left_out=tuple(self._left_out),
            n_left_out=self.n_left_out,
            lines=self._lines,
        )


def _write_line(out: Output, line: StoredLine, wanted: set[int] | None, line_end: bytes) -> None:
    if line.example_id is None:
        if wanted is not None:
            return
        if line.data is None:
            out.leave_out(LeftOut(None, None, line.source_line, "The line is too long to keep."))
        else:
            out.write(line.data, None)
        return
    out.seen()
    if wanted is not None and line.example_id not in wanted:
        return
    data = line.data or b""
    if line.source_id is None and line_end != b"\n" and data.endswith(b"\n"):
        data = data.rstrip(b"\r\n") + line_end
    out.write(data, line.example_id)


@contextmanager
def snapshot(workspace: "Workspace") -> Iterator[sqlite3.Connection]:
    """Read one state of the dataset, whatever is edited meanwhile."""
    connection = workspace.reader()
    connection.execute("BEGIN")
    try:
        yield connection
    finally:
        connection.execute("ROLLBACK")


def _line_end(sources: list[SourceRow]) -> bytes:
    """What examples written by hand end with: as the first imported file has it."""
    return b"\r\n" if sources and sources[0].line_end == "\r\n" else b"\n"


def _ids_of(store: ExampleStore, chosen: ExportFilter) -> set[int]:
    conditions: list[str] = []
    params: list[str] = []
    if chosen.statuses is not None:
        conditions.append("e.status IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(sorted(status.value for status in chosen.statuses)))
    if chosen.splits is not None:
        conditions.append("coalesce(e.split, '') IN (SELECT value FROM json_each(?))")
        params.append(json.dumps(sorted(split.value if split else "" for split in chosen.splits)))
    if chosen.tags is not None:
        conditions.append(
            "EXISTS (SELECT 1 FROM example_tag x JOIN tag t ON t.id=x.tag_id"
            " WHERE x.example_id=e.id AND t.name IN (SELECT value FROM json_each(?)))"
        )
        params.append(json.dumps(sorted(chosen.tags)))
    found: set[int] = set()
    for chunk in store.ids(" AND ".join(conditions), params):
        found.update(chunk)
    return found
