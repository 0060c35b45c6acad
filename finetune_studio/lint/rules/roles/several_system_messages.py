"""R802: more than one system message."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView


class SeveralSystemMessages(ShapeRule):
    code = "R802"
    name = "More than one system message"
    severity = Severity.WARNING

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        found = [message for message in view.messages if message.role in ("system", "developer")]
        for number, message in enumerate(found[1:], start=2):
            yield self.finding(
                context,
                view,
                "Message {number} is system message {count} of this example; one is usual.",
                at=message,
                number=message.index + 1,
                count=number,
            )
