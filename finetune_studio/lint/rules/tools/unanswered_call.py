"""T505: a tool call without an answer though the conversation goes on."""

from collections.abc import Iterator, Sequence

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import shown


class UnansweredCall(ToolRule):
    code = "T505"
    name = "Tool call without an answer"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            if not message.tool_calls:
                continue
            after = _after(view.messages, message)
            if not after:
                continue
            at_once, later = _answers(after)
            for number, call in enumerate(message.tool_calls):
                identifier = call.get("id") if isinstance(call, dict) else None
                if not isinstance(identifier, str) or not identifier or identifier in at_once:
                    continue
                where = later.get(identifier)
                yield self.finding(
                    context,
                    view,
                    "Call {call} of message {number} (“{id}”) has no answer, yet the conversation goes on."
                    if where is None
                    else "Call {call} of message {number} (“{id}”) is answered only in message {where}, "
                    "after others.",
                    at=message,
                    field=f"/tool_calls/{number}/id",
                    call=number + 1,
                    number=message.index + 1,
                    id=shown(identifier),
                    where=where,
                )


def _after(messages: Sequence[MessageView], call: MessageView) -> list[MessageView]:
    """What follows: within the same list, and for a pair's input the preferred answer."""
    sides = {call.side, "preferred"} if call.side == "input" else {call.side}
    return [message for message in messages[call.index + 1 :] if message.side in sides]


def _answers(after: Sequence[MessageView]) -> tuple[set[str], dict[str, int]]:
    """Ids answered by the tool messages that follow at once, and those answered later, by message number."""
    at_once: set[str] = set()
    later: dict[str, int] = {}
    is_at_once = True
    for message in after:
        is_at_once = is_at_once and message.role == "tool"
        if message.role == "tool":
            identifier = message.value.get("tool_call_id")
            if isinstance(identifier, str) and is_at_once:
                at_once.add(identifier)
            elif isinstance(identifier, str):
                later.setdefault(identifier, message.index + 1)
    return at_once, later
