"""S709: more examples than the target takes."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split


class TooMany(DatasetRule):
    code = "S709"
    name = "Too many examples"
    severity = Severity.ERROR

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        count = int(in_split(facts, Split.TRAIN).sum())
        most = context.limits.max_examples
        if most is not None and count > most:
            yield self.finding(
                context,
                "The training data has {count:,} examples; {target} takes at most {most:,}.",
                count=count,
                target=context.limits.title,
                most=most,
            )
