"""How many tokens tool definitions take: OpenAI's cookbook, "How to count tokens with tiktoken".

Two of its test vectors: the weather function with two messages is 101 tokens for gpt-4o, 105 for gpt-4.
The formula is an estimate; nested properties and list items are ours to add, counted the same way.
"""

from collections.abc import Callable, Sequence
from typing import Any

PROPERTY_LIST = 3
PROPERTY = 3
ENUM = -3
ENUM_ITEM = 3
END = 12
_DEEPEST = 24


def function_start(encoding: str) -> int:
    """Tokens that open one function: 7 in the 4o family, 10 in the gpt-4 and gpt-3.5 families."""
    return 10 if encoding == "cl100k_base" else 7


def count_tools(tools: Sequence[Any], encoding: str, count: Callable[[str], int]) -> int:
    """Tokens of all definitions together; what is no definition counts nothing."""
    functions = [function for tool in tools if (function := _function_of(tool)) is not None]
    if not functions:
        return 0
    tokens = END
    for function in functions:
        tokens += function_start(encoding)
        tokens += count(f"{_text(function.get('name'))}:{_description(function)}")
        tokens += _count_properties(function.get("parameters"), count, 0)
    return tokens


def _function_of(tool: Any) -> dict[str, Any] | None:
    """The function of a tool, or the object itself where it is one of the deprecated `functions`."""
    if not isinstance(tool, dict):
        return None
    function = tool.get("function")
    if isinstance(function, dict):
        return function
    return tool if isinstance(tool.get("name"), str) else None


def _count_properties(schema: Any, count: Callable[[str], int], depth: int) -> int:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties or depth > _DEEPEST:
        return 0
    tokens = PROPERTY_LIST
    for name, value in properties.items():
        details = value if isinstance(value, dict) else {}
        tokens += PROPERTY + _count_enum(details.get("enum"), count)
        tokens += count(f"{_text(name)}:{_text(details.get('type'))}:{_description(details)}")
        tokens += _count_properties(details, count, depth + 1)
        tokens += _count_properties(details.get("items"), count, depth + 1)
    return tokens


def _count_enum(items: Any, count: Callable[[str], int]) -> int:
    if not isinstance(items, list):
        return 0
    return ENUM + sum(ENUM_ITEM + count(_text(item)) for item in items)


def _description(holder: dict[str, Any]) -> str:
    return _text(holder.get("description")).removesuffix(".")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)
