"""L107: far more or far fewer messages than the other examples."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import robust_z
from finetune_studio.lint.words import counted


class MessageOutlier(DatasetRule):
    code = "L107"
    name = "Outlier in number of messages"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "z", 5.0, "Distance from the middle", "In robust standard deviations of the logarithm.", 2.0, 50.0
        ),
        RuleOption("times", 4.0, "Times as many, or as few", "As half of the examples have.", 1.5, 100.0),
        RuleOption(
            "share", 0.02, "Largest share", "When more stand out, they are a kind of their own.", 0, 1.0
        ),
        RuleOption("examples", 20, "Examples needed", "With fewer, nothing is said.", 3),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        is_chat = columns.readable & (columns.kind == KINDS.index("conversation"))
        rows = np.flatnonzero(is_chat & (columns.n_messages > 0))
        if len(rows) < self.option(context, "examples"):
            return
        numbers = columns.n_messages[rows]
        middle = float(np.median(numbers))
        logs = np.log(numbers)
        is_far = np.abs(logs - np.log(middle)) >= np.log(self.option(context, "times"))
        out = np.flatnonzero(is_far & (np.abs(robust_z(logs)) > self.option(context, "z")))
        if len(out) > max(1.0, len(rows) * self.option(context, "share")):
            return
        for place in out.tolist():
            count = int(numbers[place])
            yield self.finding(
                context,
                "{messages}: far {direction} than the others (half of them have {middle:,.0f} or fewer).",
                example=int(columns.key[rows[place]]),
                messages=counted(count, "message"),
                direction="more" if count > middle else "fewer",
                middle=middle,
            )
