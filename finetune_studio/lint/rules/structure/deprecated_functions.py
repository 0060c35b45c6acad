"""F017: the deprecated `functions` and `function_call`, which are `tools` and `tool_calls` now."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView, MessageView


class DeprecatedFunctions(ExampleRule):
    code = "F017"
    name = "Deprecated functions"
    severity = Severity.WARNING
    version = 2
    fix = Applicability.UNSAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not view.is_object:
            return
        calls = [m for m in view.messages if _call_of(m) is not None]
        has_functions = view.value.get("functions") is not None
        if not has_functions and not calls:
            return
        old = " and ".join(
            name
            for name, there in (("“functions”", has_functions), ("“function_call”", bool(calls)))
            if there
        )
        first = None if has_functions else calls[0]
        yield self.finding(
            context,
            view,
            "{old} {are} deprecated; new models and most services want “tools” and “tool_calls”.",
            at=first,
            field="/functions" if has_functions else "/function_call",
            fix=_fix(view),
            old=old,
            are="are" if has_functions else "is",
        )


def _call_of(message: MessageView) -> Any:
    """None where there is none, or null, which libraries write for that."""
    return message.value.get("function_call") if isinstance(message.value, dict) else None


def _fix(view: ExampleView) -> Fix | None:
    """One rewrite of the example; None where calls and answers cannot be matched."""
    if view.kind is not ExampleKind.CONVERSATION or "tools" in view.value:
        return None
    edits: list[Edit] = []
    functions = view.value.get("functions")
    if functions is not None:
        if not isinstance(functions, list):
            return None
        tools = [{"type": "function", "function": function} for function in functions]
        edits += [
            Edit(EditOp.RENAME, "/functions", "tools"),
            Edit(EditOp.REPLACE, "/tools", tools),
        ]
    waiting = ""
    for message in view.messages:
        changed = _message_edits(message, waiting)
        if changed is None:
            return None
        more, waiting = changed
        edits += more
    return Fix("Rewrite as tools and tool calls", Applicability.UNSAFE, tuple(edits))


def _message_edits(message: MessageView, waiting: str) -> tuple[list[Edit], str] | None:
    """The edits of one message, and the id of the call that then waits for its answer."""
    value: Any = message.value
    if not isinstance(value, dict):
        return None
    if message.role == "function":
        if not waiting:
            return None
        edits = [
            Edit(EditOp.REPLACE, f"{message.pointer}/role", "tool"),
            Edit(EditOp.REPLACE, f"{message.pointer}/tool_call_id", waiting),
        ]
        if "name" in value:
            edits.append(Edit(EditOp.REMOVE, f"{message.pointer}/name"))
        return edits, ""
    if "function_call" not in value:
        return [], waiting
    call = value["function_call"]
    if call is None:
        return [Edit(EditOp.REMOVE, f"{message.pointer}/function_call")], waiting
    if not isinstance(call, dict) or value.get("tool_calls") is not None:
        return None
    identifier = f"call_{message.index + 1}"
    calls = [{"id": identifier, "type": "function", "function": call}]
    edits = [Edit(EditOp.REMOVE, f"{message.pointer}/tool_calls")] if "tool_calls" in value else []
    edits += [
        Edit(EditOp.RENAME, f"{message.pointer}/function_call", "tool_calls"),
        Edit(EditOp.REPLACE, f"{message.pointer}/tool_calls", calls),
    ]
    return edits, identifier
