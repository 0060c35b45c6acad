"""S702: fewer examples than are advised."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split


class FewerThanAdvised(DatasetRule):
    code = "S702"
    name = "Fewer examples than advised"
    severity = Severity.INFO

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        count = int(in_split(facts, Split.TRAIN).sum())
        limits = context.limits
        if limits.min_examples <= count < limits.advised_examples:
            yield self.finding(
                context,
                "The training data has {count:,} examples; from {advised:,} on the effect is usually clear.",
                count=count,
                advised=limits.advised_examples,
            )
