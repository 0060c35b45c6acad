"""Rules on tools and calls: they look at the examples that have some."""

from typing import Any

from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch

_TOOL_KEYS = ("tools", "functions", "parallel_tool_calls")
_CALL_KEYS = ("tool_calls", "function_call")
_LISTS = ("messages", "preferred_output", "non_preferred_output")


class ToolRule(ExampleRule):
    """Sees only the examples that define or call a tool."""

    def candidates(self, batch: Batch) -> list[int]:
        values = batch.scan.values
        return [position for position in batch.unusual if has_tools(values[position])]


def has_tools(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    prompt = value.get("input")
    holders = (value, prompt) if isinstance(prompt, dict) else (value,)
    return any(_defines(holder) or _calls(holder) for holder in holders)


def _defines(holder: dict[str, Any]) -> bool:
    return any(key in holder for key in _TOOL_KEYS)


def _calls(holder: dict[str, Any]) -> bool:
    lists = (holder[key] for key in _LISTS if isinstance(holder.get(key), list))
    messages = (message for found in lists for message in found if isinstance(message, dict))
    return any(key in message for message in messages for key in _CALL_KEYS)
