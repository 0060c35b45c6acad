"""B403: nearly all conversations have the same number of turns."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.labels import labels_of
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import effective_number
from finetune_studio.lint.words import counted

_MOST_LABELS = 20


class SameTurns(DatasetRule):
    code = "B403"
    name = "One number of turns"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.95, "Share of conversations", "That have the same number of turns.", 0.5, 1.0),
        RuleOption("examples", 30, "Conversations needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        is_chat = columns.readable & (columns.kind == KINDS.index("conversation"))
        turns = columns.n_turns[is_chat & (columns.n_turns > 0)]
        if len(turns) < self.option(context, "examples") or labels_of(facts, _MOST_LABELS):
            return  # a classifier has one turn by nature
        values, counts = np.unique(turns, return_counts=True)
        top = int(counts.argmax())
        share = float(counts[top] / len(turns))
        if share < self.option(context, "share"):
            return
        number = int(values[top])
        yield self.finding(
            context,
            "{share:.0%} of {total:,} conversations have {turns} (as even as {effective:.1f} equally "
            "frequent numbers of turns): {consequence}.",
            share=share,
            total=len(turns),
            turns=counted(number, "turn"),
            effective=effective_number(counts),
            consequence="the model sees hardly any follow-up questions"
            if number == 1
            else f"the model may expect to be done after {number:,}",
        )
