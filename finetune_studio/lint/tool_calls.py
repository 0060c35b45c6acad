"""Tools that an example defines and calls it makes, whatever way they are written."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from finetune_studio.lint.view import MessageView


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """`field` is a JSON Pointer in the example; `value` the function's object, {} where there is none."""

    name: str
    field: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`field` is a JSON Pointer in the message to what has name and arguments; texts are "" where none."""

    number: int
    id: str
    name: str
    arguments: Any
    field: str


def lists_of_tools(value: Any) -> Iterator[tuple[str, Any]]:
    """(pointer, value) of what should be a list of definitions: `tools`, and the deprecated `functions`."""
    if not isinstance(value, dict):
        return
    prompt = value.get("input")
    for holder, path in ((value, ""), (prompt, "/input")):
        if isinstance(holder, dict):
            for key in ("tools", "functions"):
                if holder.get(key) is not None:
                    yield f"{path}/{key}", holder[key]


def definitions_of(value: Any) -> Iterator[ToolDefinition]:
    """The definitions that have a name."""
    for path, tools in lists_of_tools(value):
        for number, tool in enumerate(tools if isinstance(tools, list) else ()):
            inner = tool.get("function") if isinstance(tool, dict) and path.endswith("/tools") else tool
            name = inner.get("name") if isinstance(inner, dict) else None
            if isinstance(inner, dict) and isinstance(name, str) and name:
                step = "/function" if path.endswith("/tools") else ""
                yield ToolDefinition(name, f"{path}/{number}{step}", inner)


def calls_of(message: MessageView) -> Iterator[ToolCall]:
    """The calls of a message that have a function; those without a name have the name ""."""
    for number, call in enumerate(message.tool_calls):
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            identifier = call.get("id")
            field = f"/tool_calls/{number}/function"
            yield ToolCall(
                number + 1, _text(identifier), _text(function.get("name")), function.get("arguments"), field
            )
    old = message.value.get("function_call") if isinstance(message.value, dict) else None
    if isinstance(old, dict):
        yield ToolCall(1, "", _text(old.get("name")), old.get("arguments"), "/function_call")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
