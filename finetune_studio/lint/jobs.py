"""Pieces of work for the workers, and what they do with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.records import loads
from finetune_studio.lint.batch import check_example, counter_for, facts_of_batch
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import BatchFacts
from finetune_studio.lint.findings import Findings

if TYPE_CHECKING:
    from finetune_studio.lint.fixer import FixOutcome
    from finetune_studio.tokens.counting import ExampleTokens

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
        facts = facts_of_batch(lines, config, keys=keys)
        return replace(facts, diagnostics=Findings.packed(facts.diagnostics))


@dataclass(frozen=True, slots=True)
class Counted:
    """One example that is being edited: what the example rules say of it, and its tokens (None: not JSON)."""

    key: int
    line: bytes

    @property
    def size(self) -> int:
        return 1

    def run(self, config: LintConfig) -> "tuple[list[Diagnostic], ExampleTokens | None]":
        encoding = RuleContext(config).limits.encoding
        found = check_example(self.line, config, self.key)
        try:
            return found, counter_for(encoding).count_example(loads(self.line))
        except JsonSyntaxError:
            return found, None


@dataclass(frozen=True, slots=True)
class CountedText:
    """A text whose tokens are counted."""

    encoding: str
    text: str

    @property
    def size(self) -> int:
        return 1

    def run(self, config: LintConfig) -> int:
        return counter_for(self.encoding).count(self.text)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Examples to mend; `codes` limits it to some rules."""

    lines: Sequence[bytes]
    codes: frozenset[str] | None = None
    unsafe: bool = False

    @property
    def size(self) -> int:
        return len(self.lines)

    def run(self, config: LintConfig) -> "list[FixOutcome]":
        from finetune_studio.lint.fixer import fix_body

        return [fix_body(line, config, unsafe=self.unsafe, codes=self.codes) for line in self.lines]


class Job(Protocol):
    """A piece of work that can be sent to a worker process."""

    @property
    def size(self) -> int:
        """Examples in it."""
        ...

    def run(self, config: LintConfig) -> Any: ...
