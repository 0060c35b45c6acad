"""F001: the line is not JSON."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView


class NotJson(ExampleRule):
    code = "F001"
    name = "Line is not JSON"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        problem = view.problem
        if problem is None or problem.code != self.code:
            return
        column = problem.column or 1
        yield self.finding(
            context,
            view,
            "The line cannot be read as JSON: {reason} (column {column:,}).",
            start=column - 1,
            end=column,
            reason=problem.text,
            column=column,
        )
