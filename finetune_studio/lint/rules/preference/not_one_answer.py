"""V604: a side of a pair that is not exactly one assistant message."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import OUTPUTS, TITLES, PairRule, is_pair, side_of
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class NotOneAnswer(PairRule):
    code = "V604"
    name = "Not exactly one answer"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for side, key in OUTPUTS.items() if is_pair(view) else ():
            messages = side_of(view, side)
            if len(messages) > 1:
                yield self.finding(
                    context,
                    view,
                    "The {side} side has {count:,} messages; it must be one message of the assistant.",
                    field=f"/{key}",
                    side=TITLES[side],
                    count=len(messages),
                )
            elif messages and messages[0].role not in ("assistant", ""):
                yield self.finding(
                    context,
                    view,
                    "The {side} side is a message of the role “{role}”; it must be the assistant's.",
                    at=messages[0],
                    field="/role",
                    side=TITLES[side],
                    role=shown(messages[0].role),
                )
