"""F004: a message is not an object, or has no role."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value


class BadMessage(ExampleRule):
    code = "F004"
    name = "Message without a role"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            number = message.index + 1
            if not isinstance(message.value, dict):
                text = "Message {number} must be an object with a role; here it is {found}."
                found = kind_of_value(message.value)
                yield self.finding(context, view, text, at=message, number=number, found=found)
            elif "role" not in message.value:
                text = "Message {number} has no “role”."
                yield self.finding(context, view, text, at=message, number=number)
            elif not isinstance(message.value["role"], str):
                text = "The role of message {number} must be a text; here it is {found}."
                found = kind_of_value(message.value["role"])
                yield self.finding(context, view, text, at=message, field="/role", number=number, found=found)
