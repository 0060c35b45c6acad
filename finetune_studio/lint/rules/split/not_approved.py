"""S708: examples that nobody approved are about to be exported."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ReviewState
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import STATUSES, DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import exported


class NotApproved(DatasetRule):
    code = "S708"
    name = "Not approved yet"
    severity = Severity.INFO

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.status is None:
            return
        out = exported(facts)
        count = int((out & (facts.status != STATUSES.index(ReviewState.APPROVED))).sum())
        if count:
            yield self.finding(
                context,
                "{count:,} of the {total:,} examples that an export takes are not approved yet.",
                count=count,
                total=int(out.sum()),
            )
