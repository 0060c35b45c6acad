"""B405: many answers open with the same words."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.groups import most_common
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.words import shown

_ALL = 0.95
"""Share from which it is all of them."""


class SameOpenings(DatasetRule):
    code = "B405"
    name = "Answers open with the same words"
    severity = Severity.WARNING
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.2, "Share of answers", "That open with the same three words.", 0.01, 1.0),
        RuleOption("examples", 30, "Answers needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        openings = facts.columns.opening_hash
        total = int((openings != 0).sum())
        if total < self.option(context, "examples"):
            return
        for value, count in most_common(openings):
            if count < total * self.option(context, "share"):
                return
            if count >= total * _ALL:
                continue  # B413 says it
            yield self.finding(
                context,
                "{count:,} of {total:,} answers ({share:.0%}) open with “{words} …”; the model will too.",
                count=count,
                total=total,
                share=count / total,
                words=shown(facts.openings.get(value, "")),
            )
