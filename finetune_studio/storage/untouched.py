"""Looking at a dataset changes no byte of it: SQLite's counters go back when nothing was written."""

import os
from dataclasses import dataclass
from pathlib import Path

_HEADER = 100


@dataclass(frozen=True, slots=True)
class Untouched:
    """The file as it was when it was opened. Going to WAL and back counts up numbers in its header."""

    path: Path
    header: bytes
    size: int
    modified: int
    """In nanoseconds."""

    @classmethod
    def remember(cls, path: Path) -> "Untouched | None":
        """None for a file that was not left whole: its log will be brought in."""
        if any(path.with_name(path.name + suffix).exists() for suffix in ("-wal", "-journal")):
            return None
        status = path.stat()
        with path.open("rb") as file:
            return cls(path, file.read(_HEADER), status.st_size, status.st_mtime_ns)

    def restore(self) -> None:
        """Put the header and the time back; for a closed single file whose pages are as they were."""
        if self.path.with_name(self.path.name + "-wal").exists() or self.path.stat().st_size != self.size:
            return
        with self.path.open("r+b") as file:
            file.write(self.header)
        os.utime(self.path, ns=(self.modified, self.modified))
