"""F005: a key in a message that the target does not take."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown

_JUDGED_ELSEWHERE = frozenset({"weight", "function_call"})
"""By F009 and F017, which say more."""


class UnknownMessageKey(ExampleRule):
    code = "F005"
    name = "Unknown key in a message"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        allowed = context.limits.message_keys | _JUDGED_ELSEWHERE
        for message in view.messages:
            if not isinstance(message.value, dict):
                continue
            for key in message.value:
                if key in allowed:
                    continue
                edit = Edit(EditOp.REMOVE, message.pointer + pointer(key))
                yield self.finding(
                    context,
                    view,
                    "Message {number} has the key “{key}”, which {target} does not take.",
                    at=message,
                    field=pointer(key),
                    fix=Fix(f"Remove “{shown(key)}”", Applicability.UNSAFE, (edit,)),
                    number=message.index + 1,
                    key=shown(key),
                    target=context.limits.title,
                )
