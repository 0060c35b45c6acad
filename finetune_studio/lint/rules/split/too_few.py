"""S701: fewer examples than the target takes."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split
from finetune_studio.lint.words import counted


class TooFew(DatasetRule):
    code = "S701"
    name = "Too few examples"
    severity = Severity.ERROR

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        count = int(in_split(facts, Split.TRAIN).sum())
        least = context.limits.min_examples
        if count < least:
            yield self.finding(
                context,
                "The training data has {found}; {target} needs at least {least:,}.",
                found=counted(count, "example"),
                target=context.limits.title,
                least=least,
            )
