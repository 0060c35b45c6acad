"""What is wrong with a tool's definition, in words: for the check T507 and for whoever edits one."""

import re
from collections.abc import Iterator
from typing import Any

from finetune_studio.lint.json_schemas import compiled
from finetune_studio.lint.words import kind_of_value, shown

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def problems_of(tool: Any, is_tool: bool, seen: set[str]) -> Iterator[tuple[str, str]]:
    """(pointer within the tool, what is wrong with it); `seen` collects the names of those before it.

    `is_tool` is False for an item of the deprecated `functions`.
    """
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
