"""D202: nearly the same example more than once."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.comparing_rule import SCOPE, THRESHOLD, ComparingRule
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.lint.near_groups import distinct_groups
from finetune_studio.lint.words import counted


class NearDuplicate(ComparingRule):
    code = "D202"
    name = "Near-duplicate"
    severity = Severity.WARNING
    options = (THRESHOLD, SCOPE)
    takes_long = True

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        compared = Compared(round(self.option(context, SCOPE.key)))
        groups = distinct_groups(facts, compared, self.option(context, THRESHOLD.key))
        keys = facts.columns.key[groups.rows].tolist()
        alike = [round(similarity, 3) for similarity in groups.similarity.tolist()]
        for start, end in zip(groups.starts.tolist(), groups.ends.tolist(), strict=True):
            others = slice(start + 1, end)
            yield self.finding(
                context,
                "{count} nearly the same as this one (up to {most:.0%} of their runs of three words).",
                example=keys[start],
                related=tuple(map(Related, keys[others], alike[others])),
                count=counted(end - start - 1, "example is", "examples are"),
                most=max(alike[others]),
            )
