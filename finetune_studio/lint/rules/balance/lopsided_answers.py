"""B402: a few long answers hold most of what is trained on."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import top_share


class LopsidedAnswers(DatasetRule):
    code = "B402"
    name = "Answer lengths lopsided"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "share",
            0.5,
            "Share of the longest tenth",
            "Of all trained tokens, that one tenth holds.",
            0.1,
            1.0,
        ),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 10),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        trained = columns.loss_tokens[columns.readable & (columns.loss_tokens > 0)].astype(np.int64)
        if len(trained) < self.option(context, "examples"):
            return
        share = top_share(trained, 0.1)
        if share < self.option(context, "share"):
            return
        yield self.finding(
            context,
            "One tenth of the examples holds {share:.0%} of the trained tokens: half of them have at most "
            "{middle:,} to learn, the longest {longest:,}.",
            share=share,
            middle=int(np.median(trained)),
            longest=int(trained.max()),
        )
