"""What a check gives back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.findings import tally_of


@dataclass(frozen=True, slots=True, eq=False)
class LintResult:
    """`diagnostics` are those of examples, in the order of the examples, then those of the dataset."""

    facts: DatasetFacts
    diagnostics: Sequence[Diagnostic]
    seconds: float

    @property
    def counts(self) -> Mapping[Severity, int]:
        return counts_of(self.diagnostics)


@dataclass(frozen=True, slots=True, eq=False)
class FileReport:
    """The check of one file. Examples count from 0 without blank lines; `lines` are their lines, from 1.

    `notices` are sentences about a file that is not plain JSONL in UTF-8, such as a guessed encoding.
    """

    path: Path
    facts: DatasetFacts
    diagnostics: Sequence[Diagnostic]
    lines: Sequence[int]
    seconds: float
    notices: tuple[str, ...] = ()

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

    @property
    def codes(self) -> Counter[str]:
        """How many findings each code has."""
        found: Counter[str] = Counter()
        for (code, _), number in tally_of(self.diagnostics).items():
            found[code] += number
        return found

    def line_of(self, diagnostic: Diagnostic) -> int | None:
        """The line that a finding is on; None for one of the whole dataset."""
        example = diagnostic.location.example
        return None if example is None else self.line_of_example(example)

    def line_of_example(self, example: int) -> int:
        return self.lines[example]


def counts_of(diagnostics: Sequence[Diagnostic]) -> dict[Severity, int]:
    """How many there are of each severity; every severity is a key."""
    found = dict.fromkeys(Severity, 0)
    for (_, severity), number in tally_of(diagnostics).items():
        found[severity] += number
    return found
