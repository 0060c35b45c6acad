"""B410: words for groups of people that stand beside good or bad words more than others do."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption, Status
from finetune_studio.lint.terms import GROUPS, bias_matrix


class BiasMatrix(DatasetRule):
    code = "B410"
    name = "Groups of people beside good or bad words"
    severity = Severity.INFO
    status = Status.PREVIEW
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("difference", 0.2, "Difference", "Of the share of bad words, from all groups.", 0.05, 1.0),
        RuleOption("examples", 20, "Examples needed", "With a good or bad word beside the group.", 5),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        matrix = bias_matrix(facts.columns.terms)
        good_all, bad_all = int(matrix[:, 1].sum()), int(matrix[:, 2].sum())
        if not good_all + bad_all:
            return
        usual = bad_all / (good_all + bad_all)
        for (name, _), (count, good, bad) in zip(GROUPS, matrix.tolist(), strict=True):
            judged = good + bad
            if judged < self.option(context, "examples"):
                continue
            share = bad / judged
            if abs(share - usual) < self.option(context, "difference"):
                continue
            yield self.finding(
                context,
                "Of {count:,} examples that speak of {group}, {good:,} have a good word in the same sentence "
                "and {bad:,} a bad one: {share:.0%} bad, {usual:.0%} for all groups. These are counts of "
                "words; what they mean is for you to judge.",
                group=name,
                count=count,
                good=good,
                bad=bad,
                share=share,
                usual=usual,
            )
