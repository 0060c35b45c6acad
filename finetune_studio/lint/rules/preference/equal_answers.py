"""V601: both answers of a pair are the same."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import PairRule, exact_text_of, is_pair, other_parts, side_of
from finetune_studio.lint.view import ExampleView


class EqualAnswers(PairRule):
    code = "V601"
    name = "Both answers are the same"
    severity = Severity.ERROR
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not is_pair(view):
            return
        good, bad = side_of(view, "preferred"), side_of(view, "non_preferred")
        text, parts = exact_text_of(good), other_parts(good)
        if (text or parts) and bad and (text, parts) == (exact_text_of(bad), other_parts(bad)):
            yield self.finding(
                context,
                view,
                "Both answers are the same, so nothing can be learned from them.",
                at=bad[0],
                field="/content",
            )
