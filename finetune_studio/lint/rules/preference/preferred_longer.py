"""V605: the preferred answers are longer nearly always, so that length is what is learned."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import sign_test


class PreferredLonger(DatasetRule):
    code = "V605"
    name = "Preferred answers are longer"
    severity = Severity.WARNING
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.7, "Share of pairs", "In which the preferred answer is longer.", 0.5, 1.0),
        RuleOption(
            "ratio", 1.2, "Times as long", "That the preferred answers are, by the median.", 1.0, 100.0
        ),
        RuleOption("examples", 30, "Pairs needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        rows = np.flatnonzero(
            (columns.kind == KINDS.index("preference"))
            & (columns.preferred_tokens > 0)
            & (columns.other_tokens > 0)
        )
        good, bad = columns.preferred_tokens[rows], columns.other_tokens[rows]
        longer, shorter = int((good > bad).sum()), int((good < bad).sum())
        if len(rows) < self.option(context, "examples"):
            return
        share = longer / len(rows)
        middles = float(np.median(good)), float(np.median(bad))
        if share < self.option(context, "share") or middles[0] < middles[1] * self.option(context, "ratio"):
            return
        if sign_test(longer, shorter) < 0.01:
            yield self.finding(
                context,
                "In {share:.0%} of {count:,} pairs the preferred answer is the longer one (half of them have "
                "{good:,.0f} tokens or more, of the others {bad:,.0f}): the model may learn to be long.",
                share=share,
                count=len(rows),
                good=middles[0],
                bad=middles[1],
            )
