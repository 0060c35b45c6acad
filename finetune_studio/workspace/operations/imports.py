"""Bringing files in: every line becomes an example, or is kept with the reason why it is none."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.changes import Changes
from finetune_studio.domain.errors import InputError, UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.jsonl import JsonlSource, LineKind, ProblemKind, SourceInfo, SourceLine
from finetune_studio.formats.records import loads
from finetune_studio.storage import rows
from finetune_studio.storage.history_store import HistoryStore
from finetune_studio.storage.rows import KeptLine, NewExample, NewSource
from finetune_studio.storage.step import Step
from finetune_studio.workspace.backups import LARGE_IMPORT
from finetune_studio.workspace.operations.tags import clean_tag
from finetune_studio.workspace.queries.sources import is_known, known_lines
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

PREVIEW_EXAMPLES = 200
"""Examples shown while the rest of a file is still coming in."""
MAX_LISTED = 1000
"""Bad lines listed in a report; all of them are kept and counted."""

_CHUNK_LINES = 2000
_CHUNK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no example; `line` and `column` count from 1."""

    line: int
    column: int | None
    message: str
    size: int
    is_kept: bool
    """False for a line too long to keep: it is only in the source."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `changes` are those of the dataset."""

    changes: Changes
    name: str
    imported: int
    ids: IdSet
    kinds: dict[ExampleKind, int]
    blank: int
    n_bad: int
    bad_lines: tuple[BadLine, ...]
    notices: tuple[str, ...]
    seconds: float


OnPreview = Callable[[Sequence[bytes]], None]


def import_file(
    workspace: "Workspace",
    path: Path,
    tags: Sequence[str] = (),
    encoding: str | None = None,
    context: TaskContext | None = None,
) -> ImportReport:
    """Add all examples of a file at the end, as one step; raises InputError where there is none in it."""
    if path.is_file() and path.stat().st_size >= LARGE_IMPORT:
        workspace.backups.make_before("import")
    return run_import(
        workspace.history_store,
        workspace.database.writer,
        path,
        tags=tags,
        encoding=encoding,
        context=context or silent_context(),
    )


def import_new_lines(workspace: "Workspace", path: Path, context: TaskContext | None = None) -> ImportReport:
    """Add the examples of a file that the dataset never had, as one step; raises InputError without any."""
    return run_import(
        workspace.history_store,
        workspace.database.writer,
        path,
        known=known_lines(workspace),
        context=context or silent_context(),
    )


def run_import(
    history: HistoryStore,
    connection: sqlite3.Connection,
    path: Path,
    *,
    tags: Sequence[str] = (),
    encoding: str | None = None,
    known: frozenset[bytes] | None = None,
    context: TaskContext,
    on_preview: OnPreview | None = None,
) -> ImportReport:
    """Import through a history and its connection: those of an open dataset, or of a file being built.

    With `known` only examples are brought in, and of them those that are not among these bodies.
    """
    started = time.monotonic()
    names = [clean_tag(tag) for tag in tags]
    text = f"Reading {path.name}"
    source = JsonlSource(
        path, encoding=encoding, digest=True, progress=lambda done, total: context.progress(done, total, text)
    )
    with history.step("import.file", {"name": path.name}) as step:
        source_id = step.add_source(_new_source(path, source.probe.encoding.name))
        feed = _Feed(step, source_id, on_preview)
        for line in source:
            if known is None or (line.kind is LineKind.EXAMPLE and not is_known(line.data, known)):
                feed.add(line)
        feed.flush()
        if not feed.ids and known is not None:
            raise InputError(f"There is no example in {path.name} that this dataset does not have.")
        if not feed.ids:
            raise InputError(
                f"There is no example in {path.name}: none of its {source.info.lines:,} lines is one.",
                _first_reason(feed.bad_lines),
            )
        _complete_source(connection, source_id, source.info)
        for name in names:
            step.add_tag(feed.ids, name)
        context.check()
    return ImportReport(
        changes=step.changes,
        name=path.name,
        imported=len(feed.ids),
        ids=feed.ids,
        kinds=feed.kinds,
        blank=source.info.blank,
        n_bad=source.info.unreadable,
        bad_lines=tuple(feed.bad_lines),
        notices=source.info.notices,
        seconds=time.monotonic() - started,
    )


def repair_unreadable_line(workspace: "Workspace", line_id: int, text: str) -> Changes:
    """Turn a kept line into an example at its place; raises InputError where the text is still no example.

    The line end of the kept line is taken over.
    """
    kept = next((row for row in workspace.store.unreadable_lines() if row.id == line_id), None)
    if kept is None:
        raise UsageError("That line is no longer in the dataset.")
    body = text.strip("\r\n").encode("utf-8", "surrogatepass")
    if b"\n" in body or b"\r" in body:
        raise InputError("An example is one line; this text has several.", "Take the line breaks out.")
    try:
        value = loads(body)
    except JsonSyntaxError as error:
        raise InputError(f"Column {error.column}: {error.reason}.", error.advice) from error
    if not isinstance(value, dict):
        raise InputError("An example is a JSON object, {...}.")
    old = kept.line.data or b"\n"
    end = b"\r\n" if old.endswith(b"\r\n") else b"\n"
    with workspace.step("line.repair", {"line": kept.line.line}) as step:
        step.repair_line(line_id, body + end)
    return step.changes


def remove_unreadable_line(workspace: "Workspace", line_id: int) -> Changes:
    """Drop a kept line, so that an export as it is leaves it out; undo brings it back."""
    kept = next((row for row in workspace.store.unreadable_lines() if row.id == line_id), None)
    if kept is None:
        raise UsageError("That line is no longer in the dataset.")
    with workspace.step("line.remove", {"line": kept.line.line}) as step:
        step.remove_lines(IdSet.range(line_id, line_id))
    return step.changes


@dataclass
class _Feed:
    """Gathers lines and writes them a chunk at a time."""

    step: Step
    source_id: int
    on_preview: OnPreview | None
    ids: IdSet = field(default_factory=IdSet)
    kinds: dict[ExampleKind, int] = field(default_factory=dict)
    bad_lines: list[BadLine] = field(default_factory=list)
    _examples: list[NewExample] = field(default_factory=list)
    _kept: list[KeptLine] = field(default_factory=list)
    _size: int = 0

    def add(self, line: SourceLine) -> None:
        """Take one line of the source."""
        self._size += len(line.data)
        if line.kind is LineKind.EXAMPLE:
            self._add_example(line)
        else:
            self._keep(line)
        if self._size > _CHUNK_BYTES or len(self._examples) + len(self._kept) >= _CHUNK_LINES:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        self._show_preview()
        if self._examples:
            self.ids = self.ids | self.step.insert_examples(self._examples)
        if self._kept:
            self.step.add_unreadable_lines(self.source_id, self._kept)
        self._examples, self._kept, self._size = [], [], 0

    def _add_example(self, line: SourceLine) -> None:
        kind = line.example_kind or ExampleKind.OTHER
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        self._examples.append(
            NewExample(
                body=line.data,
                kind=kind,
                status=ReviewState.TO_REVIEW,
                source_id=self.source_id,
                source_line=line.number,
            )
        )
        if len(self._examples) == PREVIEW_EXAMPLES:
            self._show_preview()

    def _show_preview(self) -> None:
        if self.on_preview is not None and self._examples:
            self.on_preview([example.body for example in self._examples[:PREVIEW_EXAMPLES]])
            self.on_preview = None

    def _keep(self, line: SourceLine) -> None:
        problem = line.problem
        is_long = problem is not None and problem.kind is ProblemKind.TOO_LONG
        kind = rows.LineKind.BLANK if line.kind is LineKind.BLANK else rows.LineKind.UNREADABLE
        self._kept.append(
            KeptLine(
                line=line.number,
                data=None if is_long else line.data,
                kind=rows.LineKind.TOO_LONG if is_long else kind,
                problem=problem.message if problem else "",
                column=problem.column if problem else None,
                offset=line.offset,
            )
        )
        if problem is not None and len(self.bad_lines) < MAX_LISTED:
            self.bad_lines.append(
                BadLine(problem.line, problem.column, problem.message, line.size, is_kept=not is_long)
            )


def _new_source(path: Path, encoding: str) -> NewSource:
    return NewSource(name=path.name, path=str(path.absolute()), encoding=encoding)


def _complete_source(connection: sqlite3.Connection, source_id: int, info: SourceInfo) -> None:
    """Note what is known of a file only after it was read to its end."""
    connection.execute(
        "UPDATE source SET sha256=?, size=?, bom=?, line_end=?, final_newline=? WHERE id=?",
        (
            bytes.fromhex(info.sha256),
            info.size,
            int(bool(info.bom)),
            info.line_end or "\n",
            int(info.final_newline),
            source_id,
        ),
    )


def _first_reason(bad_lines: Sequence[BadLine]) -> str:
    if not bad_lines:
        return "The file holds nothing but blank lines."
    first = bad_lines[0]
    return f"Line {first.line:,}: {first.message}"
