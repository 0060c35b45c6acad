"""R806: no system message where nearly all other examples have one."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption


class MissingSystemMessage(DatasetRule):
    code = "R806"
    name = "System message missing"
    severity = Severity.WARNING
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "share",
            0.95,
            "Share of examples with a system message",
            "Above it, the others stand out.",
            0.5,
            1.0,
        ),
        RuleOption("examples", 20, "Examples needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        judged = columns.readable & (columns.n_messages > 0)
        total = int(judged.sum())
        having = int((judged & columns.has_system).sum())
        if total < self.option(context, "examples") or having < total * self.option(context, "share"):
            return
        for key in columns.key[np.flatnonzero(judged & ~columns.has_system)].tolist():
            yield self.finding(
                context,
                "No system message, while {having:,} of {total:,} examples have one.",
                example=key,
                having=having,
                total=total,
            )
