"""T501: the arguments of a tool call are not a string of valid JSON."""

import json
from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value


class BadArguments(ExampleRule):
    code = "T501"
    name = "Arguments are not a string of JSON"
    severity = Severity.ERROR
    fix = Applicability.SAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            for number, call in enumerate(message.tool_calls):
                function = call.get("function") if isinstance(call, dict) else None
                if not isinstance(function, dict):
                    text = "Tool call {call} of message {number} has no “function” object."
                    field = f"/tool_calls/{number}"
                    yield self.finding(
                        context,
                        view,
                        text,
                        at=message,
                        field=field,
                        number=message.index + 1,
                        call=number + 1,
                    )
                    continue
                field = f"/tool_calls/{number}/function"
                problem, fix = _judge(function, message.pointer + field + "/arguments")
                if problem:
                    yield self.finding(
                        context,
                        view,
                        "The arguments of tool call {call} in message {number} {problem}.",
                        at=message,
                        field=field + ("/arguments" if "arguments" in function else ""),
                        fix=fix,
                        number=message.index + 1,
                        call=number + 1,
                        problem=problem,
                    )


def _judge(function: dict[str, Any], path: str) -> tuple[str, Fix | None]:
    if "arguments" not in function:
        fix = Fix("Write empty arguments", Applicability.UNSAFE, (Edit(EditOp.REPLACE, path, "{}"),))
        return "are missing", fix
    arguments = function["arguments"]
    if isinstance(arguments, dict):
        text = json.dumps(arguments, ensure_ascii=False)
        fix = Fix("Write them as a string", Applicability.SAFE, (Edit(EditOp.REPLACE, path, text),))
        return "are an object; they must be a string that holds JSON", fix
    if not isinstance(arguments, str):
        return f"are {kind_of_value(arguments)}; they must be a string that holds JSON", None
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError) as error:
        place = getattr(error, "colno", None)
        return "are not valid JSON" + (f" (column {place:,})" if place else ""), None
    if not isinstance(value, dict):
        return f"hold {kind_of_value(value)}; they must hold a JSON object", None
    return "", None
