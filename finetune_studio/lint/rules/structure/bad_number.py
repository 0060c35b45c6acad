"""F013: NaN, Infinity, or a number that readers cannot keep."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.strict import lossy_numbers
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class BadNumber(ExampleRule):
    code = "F013"
    name = "Number that cannot be kept"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        problem = view.problem
        if problem is not None and problem.code == self.code:
            column = problem.column or 1
            yield self.finding(
                context,
                view,
                "The line is not JSON: {reason} (column {column:,}). Write null or a number.",
                start=column - 1,
                end=column,
                reason=problem.text,
                column=column,
            )
        elif _holds_float(view.value) and view.node is not None:
            for spot in lossy_numbers(view.node):
                yield self.finding(
                    context,
                    view,
                    "The number {number} is too large or too long to be kept as it is written.",
                    field=spot.path,
                    number=shown(spot.text, 30),
                )


def _holds_float(value: Any) -> bool:
    """Whether a number beyond plain integers is somewhere inside; integers beyond 64 bits come as floats."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float) or (isinstance(item, int) and not -(2**63) <= item < 2**64):
            return True
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return False
