"""V603: the input of a pair ends with the assistant, so the answers follow an answer."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import PairRule, is_pair, side_of
from finetune_studio.lint.view import ExampleView


class InputEndsWithAssistant(PairRule):
    code = "V603"
    name = "Input ends with the assistant"
    severity = Severity.WARNING

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        asked = side_of(view, "input") if is_pair(view) else []
        if asked and asked[-1].role == "assistant":
            yield self.finding(
                context,
                view,
                "The input ends with an answer of the assistant; both answers should follow a question.",
                at=asked[-1],
                field="/role",
            )
