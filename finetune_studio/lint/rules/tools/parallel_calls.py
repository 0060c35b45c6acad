"""T510: several calls in one message though the example says that calls come one at a time."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView


class ParallelCalls(ToolRule):
    code = "T510"
    name = "Several calls at once"
    severity = Severity.WARNING

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not _forbids(view.value):
            return
        for message in view.messages:
            count = len(message.tool_calls)
            if count > 1:
                yield self.finding(
                    context,
                    view,
                    "Message {number} makes {count:,} calls at once, but “parallel_tool_calls” is false.",
                    at=message,
                    field="/tool_calls",
                    number=message.index + 1,
                    count=count,
                )


def _forbids(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    prompt = value.get("input")
    holders = (value, prompt) if isinstance(prompt, dict) else (value,)
    return any(holder.get("parallel_tool_calls") is False for holder in holders)
