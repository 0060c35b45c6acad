"""B414: the examples are ordered by label, source or system prompt."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.labels import labels_of
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.training import in_split
from finetune_studio.lint.words import counted

_MOST_LABELS = 20
_FEWEST_CHANGES = 5.0
"""Changes that a shuffled order must lead one to expect; with fewer, chance alone makes blocks."""


class Ordered(DatasetRule):
    code = "B414"
    name = "Ordered by label or source"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "changes",
            0.5,
            "Part of the changes",
            "From one example to the next, of those that a shuffled order would have.",
            0.01,
            1.0,
        ),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 3),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        train = in_split(facts, Split.TRAIN)
        for what, values in _orders(facts):
            chosen = values[train]
            if len(chosen) < self.option(context, "examples"):
                continue
            changes, expected = _changes(chosen)
            if expected >= _FEWEST_CHANGES and changes < expected * self.option(context, "changes"):
                yield self.finding(
                    context,
                    "The examples are ordered by {what}: it changes {times} from one to the next, "
                    "where a shuffled order has {expected:,.0f}. Training without shuffling sees blocks.",
                    what=what,
                    changes=changes,
                    times=counted(changes, "time"),
                    expected=expected,
                )
                return


def _orders(facts: DatasetFacts) -> Iterator[tuple[str, Array]]:
    """(name, one value an example) of what the order may follow."""
    if labels_of(facts, _MOST_LABELS):
        yield "label", facts.columns.answer_hash
    if facts.source is not None:
        yield "source", facts.source
    yield "system prompt", facts.columns.system_hash


def _changes(values: Array) -> tuple[int, float]:
    """Neighbours that differ, and how many would in a random order (n - 1, less the equal pairs)."""
    total = len(values)
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    equal = float((counts * (counts - 1)).sum()) / (total * (total - 1))
    return int((values[1:] != values[:-1]).sum()), (total - 1) * (1 - equal)
