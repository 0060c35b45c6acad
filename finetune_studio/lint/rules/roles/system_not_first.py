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
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        leading = others = 0
        for message in view.messages:
            if message.role not in _SYSTEM:
                others += 1
                continue
            if not others:
                leading += 1
                continue
            yield self.finding(
                context,
                view,
                "The {role} message {number} comes after other messages; it belongs at the beginning.",
                at=message,
                fix=_fix(message, leading),
                role=message.role,
                number=message.index + 1,
            )


def _fix(message: MessageView, leading: int) -> Fix | None:
    """Behind the system messages that are there already: what builds on another comes after it."""
    if message.side not in ("messages", "input"):
        return None
    place = f"{message.pointer.rpartition('/')[0]}/{leading}"
    edit = Edit(EditOp.MOVE, message.pointer, to=place)
    return Fix("Move it to the beginning", Applicability.UNSAFE, (edit,))
