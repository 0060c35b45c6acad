"""Files that examples came from, and what they say now that the dataset does not know."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_studio.domain.errors import StudioError
from finetune_studio.formats.jsonl import JsonlSource, LineKind
from finetune_studio.storage.rows import SourceRow
from finetune_studio.workspace.task import TaskContext, silent_context

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

READ_LIMIT = 256 << 20
"""Bytes of a file that is read again to see what is new in it; a larger one is not looked into."""


@dataclass(frozen=True, slots=True)
class SourceNews:
    """`new` lines of a file are examples that the dataset never had."""

    path: Path
    imported_at: datetime
    new: int


def source_news(workspace: "Workspace", context: TaskContext | None = None) -> SourceNews | None:
    """The first file that has lines now which were not there when it was imported; None where none has.

    A line that the dataset had at any time, also one that was deleted or edited since, is not new.
    """
    context = context or silent_context()
    newest = {row.path: row for row in workspace.examples().sources()}
    for row in newest.values():
        if _is_changed(row):
            new = _count_new(workspace, row, context)
            if new:
                return SourceNews(Path(row.path), row.imported_at, new)
    return None


def known_lines(workspace: "Workspace") -> frozenset[bytes]:
    """The sha256 of every body that the dataset has or had."""
    rows = workspace.reader().execute("SELECT DISTINCT sha256 FROM body")
    return frozenset(sha for (sha,) in rows)


def is_known(data: bytes, known: frozenset[bytes]) -> bool:
    """Whether a line is among them, whatever its line end."""
    bare = data.rstrip(b"\r\n")
    return any(hashlib.sha256(bare + end).digest() in known for end in (b"\n", b"", b"\r\n"))


def _is_changed(row: SourceRow) -> bool:
    """By size, and by content where the file was written since; what cannot be read is as it was."""
    path = Path(row.path)
    try:
        status = path.stat()
        if not path.is_file() or status.st_size > READ_LIMIT:
            return False
        if status.st_size == row.size and status.st_mtime <= row.imported_at.timestamp():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != row.sha256
    except (OSError, ValueError):
        return False


def _count_new(workspace: "Workspace", row: SourceRow, context: TaskContext) -> int:
    known = known_lines(workspace)
    new = 0
    try:
        for line in JsonlSource(Path(row.path), encoding=row.encoding, judge=True):
            context.check()
            new += line.kind is LineKind.EXAMPLE and not is_known(line.data, known)
    except (StudioError, OSError):
        context.check()
    return new
