"""B412: all answers are the same."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.groups import most_common
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.words import shown

_FEWEST = 3


class AllAnswersEqual(DatasetRule):
    code = "B412"
    name = "All answers are the same"
    severity = Severity.ERROR
    version = 2

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        counts = most_common(columns.answer_hash)
        if len(counts) != 1 or counts[0][1] < _FEWEST:
            return
        if not columns.is_only_answer[columns.answer_hash != 0].all():
            return  # they say goodbye, or report what a tool did
        value, count = counts[0]
        answer = facts.answers.get(value)
        yield self.finding(
            context,
            "All {count:,} answers are the same{answer}: the model would learn to say only that.",
            count=count,
            answer=f" (“{shown(answer)}”)" if answer else "",
        )
