"""What a check gives back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.facts import DatasetFacts


@dataclass(frozen=True, slots=True, eq=False)
class LintResult:
    """`diagnostics` are those of examples, in the order of the examples, then those of the dataset."""

    facts: DatasetFacts
    diagnostics: list[Diagnostic]
    seconds: float

    @property
    def counts(self) -> Mapping[Severity, int]:
        return counts_of(self.diagnostics)


@dataclass(frozen=True, slots=True, eq=False)
class FileReport:
    """The check of one file. Examples count from 0 without blank lines; `lines` are their lines, from 1."""

    path: Path
    facts: DatasetFacts
    diagnostics: tuple[Diagnostic, ...]
    lines: Sequence[int]
    seconds: float

    @property
    def examples(self) -> int:
        return len(self.facts)

    @property
    def messages(self) -> int:
        return self.facts.messages_total

    @property
    def tokens(self) -> int:
        return self.facts.tokens_total

    @property
    def loss_tokens(self) -> int:
        return self.facts.loss_tokens_total

    @property
    def counts(self) -> Mapping[Severity, int]:
        return counts_of(self.diagnostics)

    def line_of(self, diagnostic: Diagnostic) -> int | None:
        """The line that a finding is on; None for one of the whole dataset."""
        example = diagnostic.location.example
        return None if example is None else self.line_of_example(example)

    def line_of_example(self, example: int) -> int:
        return self.lines[example]


def counts_of(diagnostics: "list[Diagnostic] | tuple[Diagnostic, ...]") -> dict[Severity, int]:
    """How many there are of each severity; every severity is a key."""
    found = Counter(diagnostic.severity for diagnostic in diagnostics)
    return {severity: found[severity] for severity in Severity}
