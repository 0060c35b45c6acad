"""T507: a tool's definition is not one, or its name is not taken."""

import re
from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.json_schemas import compiled
from finetune_studio.lint.tool_calls import lists_of_tools
from finetune_studio.lint.tool_rule import ToolRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value, shown

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class BadDefinition(ToolRule):
    code = "T507"
    name = "Invalid tool definition"
    severity = Severity.ERROR

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for path, tools in lists_of_tools(view.value):
            if not isinstance(tools, list):
                text = "“{key}” must be a list of tools; here it is {found}."
                key = path.rpartition("/")[2]
                yield self.finding(context, view, text, field=path, key=key, found=kind_of_value(tools))
                continue
            seen: set[str] = set()
            for number, tool in enumerate(tools):
                is_tool = path.endswith("/tools")
                for step, problem in _problems(tool, is_tool, seen):
                    yield self.finding(
                        context,
                        view,
                        "Tool {number} {problem}.",
                        field=f"{path}/{number}{step}",
                        number=number + 1,
                        problem=problem,
                    )


def _problems(tool: Any, is_tool: bool, seen: set[str]) -> Iterator[tuple[str, str]]:
    """(pointer within the tool, what is wrong with it)."""
    if not isinstance(tool, dict):
        yield "", f"is {kind_of_value(tool)}, not an object"
        return
    function, step = (tool.get("function"), "/function") if is_tool else (tool, "")
    if is_tool and tool.get("type") != "function":
        kind = f"has the type “{shown(tool['type'])}”" if "type" in tool else "has no “type”"
        yield "/type" if "type" in tool else "", f"{kind}; it must be “function”"
        if "type" in tool:
            return
    if not isinstance(function, dict):
        yield "", "has no “function” object"
        return
    yield from _function_problems(function, step, seen)


def _function_problems(function: dict[str, Any], step: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    name = function.get("name")
    if not isinstance(name, str) or not name:
        yield step, "has no name"
        return
    if not _NAME.fullmatch(name):
        yield (
            f"{step}/name",
            (f"is named “{shown(name)}”; names have 1 to 64 letters, digits, underscores and hyphens"),
        )
    if name in seen:
        yield f"{step}/name", f"is named “{shown(name)}”, as one before it"
    seen.add(name)
    parameters = function.get("parameters")
    if parameters is not None and parameters != {}:
        problem = compiled(parameters).problem
        if problem:
            yield f"{step}/parameters", f"(“{shown(name)}”) has parameters that are no JSON Schema: {problem}"
