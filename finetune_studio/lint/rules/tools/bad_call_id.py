"""T503: a tool call without an id, or two calls with the same."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class BadCallId(ExampleRule):
    code = "T503"
    name = "Tool call without an id of its own"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        seen: dict[tuple[str, str], int] = {}
        for message in view.messages:
            for number, call in enumerate(message.tool_calls):
                if not isinstance(call, dict):
                    continue
                identifier = call.get("id")
                has_id = isinstance(identifier, str) and bool(identifier)
                before = seen.get((message.side, str(identifier))) if has_id else None
                if not has_id:
                    text = "Tool call {call} of message {number} has no “id”."
                elif before is not None:
                    text = (
                        "Tool call {call} of message {number} has the id “{id}”, as one in message {before}."
                    )
                else:
                    seen[message.side, str(identifier)] = message.index + 1
                    continue
                yield self.finding(
                    context,
                    view,
                    text,
                    at=message,
                    field=f"/tool_calls/{number}" + ("/id" if "id" in call else ""),
                    call=number + 1,
                    number=message.index + 1,
                    id=shown(identifier),
                    before=before,
                )
