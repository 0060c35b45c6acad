"""How many tokens tool definitions take: OpenAI's cookbook, "How to count tokens with tiktoken".

Two of its test vectors: the weather function with two messages is 101 tokens for gpt-4o, 105 for gpt-4.
The formula is an estimate; nested properties and list items are ours to add, counted the same way.
"""

from collections.abc import Callable
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


def collect_tools(tools: list[Any], encoding: str, add: Callable[[str], None]) -> int:
    """Hand every text of the definitions to `add`; return the tokens that come on top of those texts."""
    functions = [function for tool in tools if (function := _function_of(tool)) is not None]
    if not functions:
        return 0
    fixed = END
    for function in functions:
        fixed += function_start(encoding)
        add(f"{_text(function.get('name'))}:{_description(function)}")
        fixed += _collect_properties(function.get("parameters"), add, 0)
    return fixed


def _function_of(tool: Any) -> dict[str, Any] | None:
    """The function of a tool, or the object itself where it is one of the deprecated `functions`."""
    if not isinstance(tool, dict):
        return None
    function = tool.get("function")
    if isinstance(function, dict):
        return function
    return tool if isinstance(tool.get("name"), str) else None


def _collect_properties(schema: Any, add: Callable[[str], None], depth: int) -> int:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties or depth > _DEEPEST:
        return 0
    fixed = PROPERTY_LIST
    for name, value in properties.items():
        fixed += PROPERTY
        details = value if isinstance(value, dict) else {}
        fixed += _collect_enum(details.get("enum"), add)
        add(f"{_text(name)}:{_text(details.get('type'))}:{_description(details)}")
        fixed += _collect_properties(details, add, depth + 1)
        fixed += _collect_properties(details.get("items"), add, depth + 1)
    return fixed


def _collect_enum(items: Any, add: Callable[[str], None]) -> int:
    if not isinstance(items, list):
        return 0
    for item in items:
        add(_text(item))
    return ENUM + ENUM_ITEM * len(items)


def _description(holder: dict[str, Any]) -> str:
    return _text(holder.get("description")).removesuffix(".")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)
