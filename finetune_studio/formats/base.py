"""What a file layout is to the rest of the app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from finetune_studio.domain.example import ExampleKind, Record
from finetune_studio.formats.source_line import SourceInfo, SourceLine
from finetune_studio.formats.source_stream import Progress


class Source(Protocol):
    """An opened file: its lines, and afterwards what it is like."""

    @property
    def info(self) -> SourceInfo: ...

    def __iter__(self) -> Iterator[SourceLine]: ...


class Format(Protocol):
    """A file layout that examples are read from and written to."""

    id: str
    """Stored with sources and named on the command line; never changes."""
    title: str
    extensions: tuple[str, ...]
    kind: ExampleKind

    def sniff(self, sample: bytes) -> bool:
        """Whether a text that begins with `sample` (UTF-8) is mostly of this layout."""
        ...

    def open(
        self,
        path: Path,
        *,
        encoding: str | None = None,
        digest: bool = False,
        progress: Progress | None = None,
    ) -> Source:
        """Open a file for reading; raises InputError when it cannot be read at all."""
        ...

    def encode(self, record: Record) -> bytes:
        """One example as the bytes of this layout, line end included."""
        ...
