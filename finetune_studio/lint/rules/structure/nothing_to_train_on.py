"""F010: no message that the model would learn from."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView


class NothingToTrainOn(ShapeRule):
    code = "F010"
    name = "Nothing to train on"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if view.kind is not ExampleKind.CONVERSATION or not view.messages:
            return
        answers = [message for message in view.messages if message.role == "assistant"]
        if not answers:
            text = "There is no assistant message, so there is nothing to train on."
            yield self.finding(context, view, text)
        elif not any(message.is_trained for message in answers):
            text = "All assistant messages have weight 0, so there is nothing to train on."
            yield self.finding(context, view, text, at=answers[-1], field="/weight")
