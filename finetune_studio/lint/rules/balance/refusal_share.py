"""B408: more answers decline to help than should, or fewer."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption

_RELATED = 20


class RefusalShare(DatasetRule):
    code = "B408"
    name = "Share of refusals"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("most", 0.1, "Largest share", "Of the last answers, that decline to help.", 0, 1.0),
        RuleOption("least", 0, "Smallest share", "0 means that none are needed.", 0, 1.0),
        RuleOption("examples", 30, "Answers needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        total = int(columns.has_answer.sum())
        if total < self.option(context, "examples"):
            return
        rows = np.flatnonzero(columns.refuses)
        share = len(rows) / total
        if share > self.option(context, "most"):
            text = (
                "{count:,} of {total:,} answers ({share:.1%}) decline to help: the model may refuse too much."
            )
        elif share < self.option(context, "least"):
            text = "{count:,} of {total:,} answers ({share:.1%}) decline to help: fewer than you set."
        else:
            return
        yield self.finding(
            context,
            text,
            related=tuple(Related(key) for key in columns.key[rows[:_RELATED]].tolist()),
            count=len(rows),
            total=total,
            share=share,
        )
