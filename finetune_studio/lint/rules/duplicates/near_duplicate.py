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

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        compared = Compared(round(self.option(context, SCOPE.key)))
        keys = facts.columns.key
        for group in distinct_groups(facts, compared, self.option(context, THRESHOLD.key)):
            others = [
                Related(key, round(similarity, 3))
                for key, similarity in zip(
                    keys[group.rows[1:]].tolist(), group.similarity[1:].tolist(), strict=True
                )
            ]
            yield self.finding(
                context,
                "{count} nearly the same as this one (up to {most:.0%} of their runs of three words).",
                example=int(keys[group.rows[0]]),
                related=tuple(others),
                count=counted(len(others), "example is", "examples are"),
                most=max(other.similarity for other in others),
            )
