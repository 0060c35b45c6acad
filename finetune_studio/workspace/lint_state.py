"""The findings of a dataset now, by example and by rule. Written by one thread at a time, read by any."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.workspace.queries.query_terms import Measure

if TYPE_CHECKING:
    from finetune_studio.lint.facts import DatasetFacts


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What a list shows of the checks of one example; `tokens` is None until it was checked."""

    tokens: int | None
    n_findings: int
    worst: Severity | None


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule with the number of its findings."""

    code: str
    name: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the examples that were checked."""

    checked: int = 0
    tokens: int = 0
    loss_tokens: int = 0


class LintState:
    """`facts` has the columns of all examples that were checked; None before the first check."""

    def __init__(self) -> None:
        self.facts: DatasetFacts | None = None
        self.raw: dict[int, tuple[Diagnostic, ...]] = {}
        """Findings of example rules, those set aside included."""
        self.by_example: dict[int, tuple[Diagnostic, ...]] = {}
        """The same without those set aside."""
        self.of_dataset: tuple[Diagnostic, ...] = ()
        self._dataset_by_example: dict[int, tuple[Diagnostic, ...]] = {}
        self._sorted: tuple[Any, Any] | None = None
        self._version = 0
        self._counts: tuple[int, Counter[int]] | None = None
        self._counted: tuple[int, Counter[tuple[str, Severity]]] | None = None

    def set_facts(self, facts: "DatasetFacts | None") -> None:
        """Take new columns; findings are not kept in them."""
        self.facts = None if facts is None else replace(facts, diagnostics=[])
        self._sorted = None

    def set_dataset_findings(self, found: Sequence[Diagnostic]) -> set[int]:
        """Take new findings of dataset rules; returns the examples whose findings are not what they were."""
        by_example: dict[int, list[Diagnostic]] = {}
        for diagnostic in found:
            for example_id in members_of(diagnostic):
                by_example.setdefault(example_id, []).append(diagnostic)
        before = self._dataset_by_example
        after = {example_id: tuple(diagnostics) for example_id, diagnostics in by_example.items()}
        self.of_dataset, self._dataset_by_example = tuple(found), after
        self._version += 1
        return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}

    def set_by_example(self, found: dict[int, tuple[Diagnostic, ...]]) -> None:
        """Take new findings of all examples, those set aside left out."""
        self.by_example = found
        self._version += 1

    def counts(self) -> Counter[tuple[str, Severity]]:
        """Number of findings by rule and severity; counted once after each change."""
        version, counted = self._version, self._counted
        if counted is None or counted[0] != version:
            counted = version, Counter((found.code, found.severity) for found in self.all_findings())
            self._counted = counted
        return counted[1]

    def replace_examples(
        self,
        ids: Iterable[int],
        raw: Mapping[int, tuple[Diagnostic, ...]],
        kept: Mapping[int, tuple[Diagnostic, ...]],
    ) -> None:
        """Put new findings of some examples in place of what they had."""
        for example_id in ids:
            for findings, fresh in ((self.raw, raw), (self.by_example, kept)):
                if example_id in fresh:
                    findings[example_id] = fresh[example_id]
                else:
                    findings.pop(example_id, None)
        self._version += 1

    def findings_of(self, example_id: int) -> list[Diagnostic]:
        """All findings that name an example, its own first."""
        return [*self.by_example.get(example_id, ()), *self._dataset_by_example.get(example_id, ())]

    def all_findings(self) -> list[Diagnostic]:
        """Every finding once: the dataset's own, then by example in the order of ids."""
        found = list(self.of_dataset)
        for example_id in sorted(self.by_example):
            found.extend(self.by_example.get(example_id, ()))
        return found

    def ids_with(self, is_wanted: Callable[[Diagnostic], bool]) -> list[int]:
        """Examples with a finding that is wanted."""
        found = {key for key, own in list(self.by_example.items()) if any(map(is_wanted, own))}
        for key, shared in list(self._dataset_by_example.items()):
            if key not in found and any(map(is_wanted, shared)):
                found.add(key)
        return sorted(found)

    def counts_by_example(self) -> Counter[int]:
        """Number of findings of each example that has any; to be read only, it is counted once a change."""
        version, known = self._version, self._counts
        if known is not None and known[0] == version:
            return known[1]
        found = Counter({key: len(own) for key, own in list(self.by_example.items()) if own})
        for key, shared in list(self._dataset_by_example.items()):
            found[key] += len(shared)
        self._counts = version, found
        return found

    def row_facts(self, ids: Sequence[int]) -> dict[int, RowFacts]:
        """For the rows of a list."""
        tokens = self.values_of(ids, "tokens")
        facts: dict[int, RowFacts] = {}
        for example_id in ids:
            found = self.findings_of(example_id)
            worst = max((f.severity for f in found), key=lambda severity: severity.rank, default=None)
            facts[example_id] = RowFacts(tokens.get(example_id), len(found), worst)
        return facts

    def values_of(self, ids: Sequence[int], column: str) -> dict[int, int]:
        """One column's values for some examples; those not checked are left out."""
        facts = self.facts
        if facts is None or not len(facts) or not len(ids):
            return {}
        import numpy as np

        keys, order = self._sorted_keys(facts)
        wanted = np.fromiter(ids, dtype=np.int64, count=len(ids))
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        known = keys[places] == wanted
        values = getattr(facts.columns, column)[order[places]]
        return dict(zip(wanted[known].tolist(), values[known].tolist(), strict=True))

    def column_of(self, ids: Sequence[int], column: str, missing: int) -> Any:
        """One column's values as an array in the order of `ids`; `missing` for those not checked."""
        import numpy as np

        wanted = np.asarray(ids, dtype=np.int64)
        facts = self.facts
        if facts is None or not len(facts):
            return np.full(len(wanted), missing, dtype=np.int64)
        keys, order = self._sorted_keys(facts)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        values = getattr(facts.columns, column)[order[places]].astype(np.int64)
        return np.where(keys[places] == wanted, values, missing)

    def ids_with_role(self, role: str) -> list[int] | None:
        """Examples with a message of a role; None without facts, and for roles they do not count."""
        facts = self.facts
        if facts is None:
            return None
        from finetune_studio.lint.facts import ROLES

        if role not in ROLES:
            return None
        has_role = facts.columns.role_tokens[:, ROLES.index(role)] > 0
        found: list[int] = facts.columns.key[has_role].tolist()
        return found

    def ids_measured(self, measure: Measure, low: int | None, high: int | None) -> list[int]:
        """Examples whose number lies between `low` and `high`, both included."""
        lowest, highest = low if low is not None else 0, high if high is not None else 2**62
        facts = self.facts
        if facts is None:
            return []
        keys = facts.columns.key
        if measure is Measure.FINDINGS:
            counts = self.counts_by_example()
            return [key for key in keys.tolist() if lowest <= counts.get(key, 0) <= highest]
        values = getattr(facts.columns, COLUMNS[measure])
        found: list[int] = keys[(values >= lowest) & (values <= highest)].tolist()
        return found

    def totals(self) -> Totals:
        facts = self.facts
        return Totals() if facts is None else Totals(len(facts), facts.tokens_total, facts.loss_tokens_total)

    def _sorted_keys(self, facts: "DatasetFacts") -> tuple[Any, Any]:
        if self._sorted is None:
            order = facts.columns.key.argsort(kind="stable")
            self._sorted = (facts.columns.key[order], order)
        return self._sorted


COLUMNS: dict[Measure, str] = {
    Measure.TOKENS: "tokens",
    Measure.LOSS: "loss_tokens",
    Measure.ANSWER: "answer_tokens",
    Measure.MESSAGES: "n_messages",
    Measure.TURNS: "n_turns",
}
"""The column of the facts that holds a measure."""


def members_of(diagnostic: Diagnostic) -> Iterable[int]:
    """The examples that a finding of the dataset names."""
    first = diagnostic.location.example
    if first is not None:
        yield first
    for other in diagnostic.related:
        if other.example != first:
            yield other.example
