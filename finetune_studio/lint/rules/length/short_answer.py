"""L104: next to nothing to learn, where most examples have a long answer."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.words import counted


class ShortAnswer(DatasetRule):
    code = "L104"
    name = "Very short answer"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("tokens", 3, "Tokens at most", "Of all answers of the example together.", 1),
        RuleOption("middle", 40, "Tokens of the others", "That half of the examples have at least.", 5),
        RuleOption(
            "share", 0.1, "Largest share", "When more are short, they are a kind of their own.", 0, 1.0
        ),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 3),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        is_chat = columns.readable & (columns.kind == KINDS.index("conversation"))
        rows = np.flatnonzero(is_chat & (columns.loss_tokens > 0))
        trained = columns.loss_tokens[rows]
        if len(rows) < self.option(context, "examples"):
            return
        middle = int(np.median(trained))
        short = rows[trained <= self.option(context, "tokens")]
        is_rare = len(short) <= len(rows) * self.option(context, "share")
        if middle < self.option(context, "middle") or not is_rare:
            return
        for row in short.tolist():
            yield self.finding(
                context,
                "Only {tokens} to learn here; half of the examples have {middle:,} or more.",
                example=int(columns.key[row]),
                tokens=counted(int(columns.loss_tokens[row]), "token"),
                middle=middle,
            )
