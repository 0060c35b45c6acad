"""R801: a system message stands after other messages."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView, MessageView

_SYSTEM = ("system", "developer")


class SystemNotFirst(ShapeRule):
    code = "R801"
    name = "System message not first"
    severity = Severity.WARNING
    fix = Applicability.UNSAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        others = 0
        for message in view.messages:
            if message.role not in _SYSTEM:
                others += 1
                continue
            if not others:
                continue
            yield self.finding(
                context,
                view,
                "The {role} message {number} comes after other messages; it belongs at the beginning.",
                at=message,
                fix=_fix(message),
                role=message.role,
                number=message.index + 1,
            )


def _fix(message: MessageView) -> Fix | None:
    if message.side not in ("messages", "input"):
        return None
    first = message.pointer.rpartition("/")[0] + "/0"
    edit = Edit(EditOp.MOVE, message.pointer, to=first)
    return Fix("Move it to the beginning", Applicability.UNSAFE, (edit,))
