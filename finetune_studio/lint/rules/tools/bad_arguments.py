"""T501: a tool call is malformed: no function, name or type, or arguments that are not a string of JSON."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.tool_arguments import read_arguments
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import kind_of_value, shown

Problem = tuple[str, str, Fix | None]
"""What is wrong with a call, the field within it, and the fix."""


class BadArguments(ExampleRule):
    code = "T501"
    name = "Malformed tool call"
    severity = Severity.ERROR
    version = 2
    fix = Applicability.SAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        is_strict = context.limits.extra_keys_refused
        for message in view.messages:
            yield from self._no_list(view, context, message)
            for number, call in enumerate(message.tool_calls):
                field = f"/tool_calls/{number}"
                for problem, where, fix in _problems(view, call, message.pointer + field, is_strict):
                    yield self.finding(
                        context,
                        view,
                        "Tool call {call} of message {number}: {problem}.",
                        at=message,
                        field=field + where,
                        fix=fix,
                        number=message.index + 1,
                        call=number + 1,
                        problem=problem,
                    )

    def _no_list(self, view: ExampleView, context: RuleContext, message: MessageView) -> Iterator[Diagnostic]:
        calls = message.value.get("tool_calls") if message.role == "assistant" else None
        if calls is not None and not isinstance(calls, list):
            yield self.finding(
                context,
                view,
                "“tool_calls” of message {number} must be a list; here it is {found}.",
                at=message,
                field="/tool_calls",
                number=message.index + 1,
                found=kind_of_value(calls),
            )


def _problems(view: ExampleView, call: Any, path: str, is_strict: bool) -> Iterator[Problem]:
    """`path` is the call's pointer in the example; strict services want the type written."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        yield "it has no “function” object", "", None
        return
    kind = call.get("type")
    if kind is None and is_strict:
        edit = Edit(EditOp.REPLACE, f"{path}/type", "function")
        yield "its “type” is missing", "", Fix("Write the type “function”", Applicability.SAFE, (edit,))
    elif kind is not None and kind != "function":
        found = f"“{shown(kind)}”" if isinstance(kind, str) else kind_of_value(kind)
        yield f"its “type” is {found}; it must be “function”", "/type", None
    if not isinstance(function.get("name"), str) or not function["name"]:
        yield "its function has no “name”", "/function", None
    problem, fix = _judge(view, function, f"{path}/function/arguments")
    if problem:
        yield f"its arguments {problem}", "/function" + ("/arguments" if "arguments" in function else ""), fix


def _judge(view: ExampleView, function: dict[str, Any], path: str) -> tuple[str, Fix | None]:
    if "arguments" not in function:
        fix = Fix("Write empty arguments", Applicability.UNSAFE, (Edit(EditOp.REPLACE, path, "{}"),))
        return "are missing", fix
    arguments = function["arguments"]
    if isinstance(arguments, dict):
        return "are an object; they must be a string that holds JSON", _as_string(view, path)
    if not isinstance(arguments, str):
        return f"are {kind_of_value(arguments)}; they must be a string that holds JSON", None
    return read_arguments(arguments).problem, None


def _as_string(view: ExampleView, path: str) -> Fix | None:
    """The object as it is spelled, so that no number changes; None where it cannot be kept in a string."""
    node = None if view.node is None else view.node.at(path)
    text = "" if node is None else node.source[node.start : node.end].decode()
    if not text or read_arguments(text).problem:
        return None
    return Fix("Write them as a string", Applicability.SAFE, (Edit(EditOp.REPLACE, path, text),))
