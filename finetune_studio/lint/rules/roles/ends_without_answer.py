"""R804: the last message is not from the assistant."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView


class EndsWithoutAnswer(ShapeRule):
    code = "R804"
    name = "Does not end with the assistant"
    severity = Severity.WARNING

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        messages = [message for message in view.messages if message.side == "messages"]
        if not messages or messages[-1].role in ("assistant", ""):
            return
        if not any(message.role == "assistant" for message in messages):
            return  # F010 says more
        last = messages[-1]
        yield self.finding(
            context,
            view,
            "The last message is from the {role}; nothing after the last answer is learned from.",
            at=last,
            field="/role",
            role=last.role,
        )
