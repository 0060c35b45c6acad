"""L105: far more or far fewer tokens than the other examples."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import robust_z


class TokenOutlier(DatasetRule):
    code = "L105"
    name = "Outlier in tokens"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "z", 5.0, "Distance from the middle", "In robust standard deviations of the logarithm.", 2.0, 50.0
        ),
        RuleOption("times", 2.0, "Times as many, or as few", "As half of the examples have.", 1.0, 100.0),
        RuleOption("examples", 20, "Examples needed", "With fewer, nothing is said.", 3),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        rows = np.flatnonzero(columns.readable & (columns.tokens > 0))
        if len(rows) < self.option(context, "examples"):
            return
        tokens = columns.tokens[rows]
        middle = int(np.median(tokens))
        logs = np.log(tokens)
        is_far = np.abs(logs - np.log(np.median(tokens))) >= np.log(self.option(context, "times"))
        out = np.flatnonzero(is_far & (np.abs(robust_z(logs)) > self.option(context, "z")))
        for place in out.tolist():
            count = int(tokens[place])
            yield self.finding(
                context,
                "{tokens:,} tokens: far {direction} than the others (half of them have {middle:,} or fewer).",
                example=int(columns.key[rows[place]]),
                tokens=count,
                direction="more" if count > middle else "fewer",
                middle=middle,
            )
