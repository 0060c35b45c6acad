"""Pieces of work for the workers, and what they do with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.lint.batch import facts_of_batch
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.facts import BatchFacts

CHUNK_BYTES = 6 << 20
"""Size of a piece for a worker; a piece takes it about 0.2 s."""
SMALL_CHUNK_BYTES = 1 << 20
"""Size of a piece in the own process, so that a cancel takes hold soon."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Examples by key."""

    keys: Sequence[int]
    lines: Sequence[bytes]

    @property
    def size(self) -> int:
        return len(self.keys)

    def run(self, config: LintConfig) -> BatchFacts:
        return facts_of_batch(self.lines, config, keys=self.keys)


@dataclass(frozen=True, slots=True)
class FileRange:
    """Whole lines of a file, from byte `start` to `end`; keys are line numbers from 0 (no blank lines)."""

    path: Path
    start: int
    end: int
    first_line: int
    n_lines: int

    @property
    def size(self) -> int:
        return self.n_lines

    def run(self, config: LintConfig) -> BatchFacts:
        with self.path.open("rb") as file:
            file.seek(self.start)
            lines = file.read(self.end - self.start).split(b"\n")
        if lines and not lines[-1]:
            lines.pop()
        keys: Sequence[int] = range(self.first_line, self.first_line + len(lines))
        if not all(map(bytes.strip, lines)):
            kept = [(key, line) for key, line in zip(keys, lines, strict=True) if line.strip()]
            keys, lines = [key for key, _ in kept], [line for _, line in kept]
        return facts_of_batch(lines, config, keys=keys)


Job = Bodies | FileRange
