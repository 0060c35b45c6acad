"""F002: the line is JSON, but not an object."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value


class NotAnObject(ExampleRule):
    code = "F002"
    name = "Line is not an object"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if view.is_object or (view.problem is not None and view.value is None):
            return
        yield self.finding(
            context,
            view,
            "The line holds {found}; each line must be one JSON object, in braces.",
            found=kind_of_value(view.value),
        )
