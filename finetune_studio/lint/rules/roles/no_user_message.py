"""R805: there is no user message."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView


class NoUserMessage(ShapeRule):
    code = "R805"
    name = "No user message"
    severity = Severity.WARNING

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        messages = [message for message in view.messages if message.side in ("messages", "input")]
        if messages and not any(message.role == "user" for message in messages):
            yield self.finding(context, view, "There is no user message: the model sees no question.")
