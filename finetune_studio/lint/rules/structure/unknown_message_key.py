"""F005: a key in a message that the target does not take."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import shown

_JUDGED_ELSEWHERE = frozenset({"weight", "function_call"})
"""By F009 and F017, which say more."""


_KEY = "Message {number} has the key “{key}”, which {target} does not take."
_CALLS = "Message {number} has “tool_calls”, which only the assistant may have."


class UnknownMessageKey(ExampleRule):
    code = "F005"
    name = "Unknown key in a message"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        allowed = context.limits.message_keys | _JUDGED_ELSEWHERE
        for message in view.messages:
            if not isinstance(message.value, dict):
                continue
            for key in message.value:
                is_strange_call = key == "tool_calls" and _is_strange_call(message)
                if key in allowed and not is_strange_call:
                    continue
                edit = Edit(EditOp.REMOVE, message.pointer + pointer(key))
                yield self.finding(
                    context,
                    view,
                    _CALLS if is_strange_call else _KEY,
                    at=message,
                    field=pointer(key),
                    fix=Fix(f"Remove “{shown(key)}”", Applicability.UNSAFE, (edit,)),
                    number=message.index + 1,
                    key=shown(key),
                    target=context.limits.title,
                )


def _is_strange_call(message: MessageView) -> bool:
    return message.role not in ("assistant", "") and message.value["tool_calls"] is not None
