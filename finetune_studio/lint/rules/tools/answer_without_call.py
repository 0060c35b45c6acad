"""T504: a tool message that answers no call."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown


class AnswerWithoutCall(ExampleRule):
    code = "T504"
    name = "Tool message that answers no call"
    severity = Severity.ERROR

    def candidates(self, batch: Batch) -> list[int]:
        return batch.unusual + batch.with_role("tool")

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        called: set[str] = set()
        for message in view.messages:
            for call in message.tool_calls:
                if isinstance(call, dict) and isinstance(call.get("id"), str):
                    called.add(call["id"])
            if message.role != "tool":
                continue
            identifier = message.value.get("tool_call_id")
            if not isinstance(identifier, str) or not identifier:
                text = "Tool message {number} has no “tool_call_id”."
            elif identifier not in called:
                text = "Tool message {number} answers the call “{id}”, which no message before it makes."
            else:
                continue
            yield self.finding(
                context,
                view,
                text,
                at=message,
                field="/tool_call_id" if "tool_call_id" in message.value else "",
                number=message.index + 1,
                id=shown(identifier),
            )
