"""F009: `weight` is not the integer 0 or 1, or stands where it may not."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import spelled

_SPELLINGS: dict[str, int] = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "true": 1, "false": 0}


class BadWeight(ExampleRule):
    code = "F009"
    name = "Wrong weight"
    severity = Severity.ERROR
    version = 2
    fix = Applicability.SAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            if not isinstance(message.value, dict) or "weight" not in message.value:
                continue
            weight = message.value["weight"]
            path = f"{message.pointer}/weight"
            fix: Fix | None
            if message.role != "assistant":
                text = "Message {number} has an extra “weight”: only assistant messages may have one."
                fix = _remove(path, Applicability.SAFE)
            elif not context.limits.weight_allowed:
                text = "Message {number} has a “weight”, which {target} does not take with this method."
                fix = _remove(path, Applicability.UNSAFE)
            elif isinstance(weight, bool) or not isinstance(weight, int) or weight not in (0, 1):
                text = "The weight of message {number} must be the whole number 0 or 1; here it is {weight}."
                fix = _respelled(path, weight)
            else:
                continue
            yield self.finding(
                context,
                view,
                text,
                at=message,
                field="/weight",
                fix=fix,
                number=message.index + 1,
                target=context.limits.title,
                weight=spelled(weight),
            )


def _remove(path: str, applicability: Applicability) -> Fix:
    return Fix("Remove the weight", applicability, (Edit(EditOp.REMOVE, path),))


def _respelled(path: str, weight: Any) -> Fix | None:
    if weight is None:
        return _remove(path, Applicability.SAFE)
    meant = _SPELLINGS.get(str(weight).strip().lower()) if not isinstance(weight, (list, dict)) else None
    if meant is None:
        return None
    return Fix(f"Write {meant}", Applicability.SAFE, (Edit(EditOp.REPLACE, path, meant),))
