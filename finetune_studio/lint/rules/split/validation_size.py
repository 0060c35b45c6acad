"""S706: the validation split is too small to say anything, or takes too much from training."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.training import in_split


class ValidationSize(DatasetRule):
    code = "S706"
    name = "Validation too small or too large"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("least", 0.05, "Smallest share", "Of the examples that train or validate.", 0.0, 0.5),
        RuleOption("most", 0.4, "Largest share", "Of the examples that train or validate.", 0.1, 1.0),
        RuleOption("enough", 200, "Enough examples", "From this many on, a small share is no fault.", 1),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        count = int(in_split(facts, Split.VALIDATION).sum())
        total = count + int(in_split(facts, Split.TRAIN).sum())
        if not count:
            return  # S703 says it
        share = count / total
        if share < self.option(context, "least") and count < self.option(context, "enough"):
            text = "The validation split has {count:,} of {total:,} examples: too few for a steady loss."
        elif share > self.option(context, "most"):
            text = "The validation split has {count:,} of {total:,} examples; training lacks them."
        else:
            return
        yield self.finding(context, text, count=count, total=total, share=share)
