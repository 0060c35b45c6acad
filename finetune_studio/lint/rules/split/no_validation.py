"""S703: no example is set aside for validation."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split


class NoValidation(DatasetRule):
    code = "S703"
    name = "No validation split"
    severity = Severity.INFO

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.split is None or not in_split(facts, Split.TRAIN).any():
            return
        if not in_split(facts, Split.VALIDATION).any():
            text = "No example is in the validation split, so nothing shows when the model only memorises."
            yield self.finding(context, text)
