"""V608: a side of a pair says nothing."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import OUTPUTS, TITLES, PairRule, is_pair, other_parts, side_of, text_of
from finetune_studio.lint.view import ExampleView


class EmptySide(PairRule):
    code = "V608"
    name = "Empty side"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for side, key in OUTPUTS.items() if is_pair(view) else ():
            if not isinstance(view.value.get(key), list):
                continue  # F003 says it
            messages = side_of(view, side)
            if text_of(messages) or other_parts(messages):
                continue
            is_text = bool(messages) and isinstance(messages[0].content, str)
            if messages and not is_text and messages[0].content is None:
                continue  # F008 says it
            yield self.finding(
                context,
                view,
                "The {side} side {state}.",
                at=messages[0] if messages else None,
                field="/content" if messages else f"/{key}",
                side=TITLES[side],
                state="is empty" if not messages else "has no text",
            )
