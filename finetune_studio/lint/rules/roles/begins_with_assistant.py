"""R807: the conversation begins with the assistant."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView


class BeginsWithAssistant(ShapeRule):
    code = "R807"
    name = "Begins with the assistant"
    severity = Severity.INFO

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        spoken = (m for m in view.messages if m.role not in ("system", "developer"))
        first = next(spoken, None)
        if first is None or first.role != "assistant" or first.side not in ("messages", "input"):
            return
        yield self.finding(
            context,
            view,
            "The conversation begins with the assistant, before anyone asked.",
            at=first,
            field="/role",
        )
