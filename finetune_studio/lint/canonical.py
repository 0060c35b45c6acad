"""What of an unusual line makes it the same as another, whatever the order of keys."""

from typing import Any

import orjson

from finetune_studio.lint.view import ExampleView, MessageView


def canonical_texts(view: ExampleView) -> list[str]:
    """A text for each message: its content, and the keys beside role and content."""
    return [_canonical(message) for message in view.messages]


def canonical_extra(view: ExampleView) -> str:
    """What counts beside the messages: sides of a pair and tools; all keys where there is no message."""
    messages = view.messages
    tools = tools_of(view.value) if messages else view.value
    sides = "".join(message.side[0] for message in messages if message.side != "messages")
    return f"{sides}\x03{dumps(tools)}" if sides or tools else ""


def tools_of(value: Any) -> Any:
    """The definitions of tools of an example, as they are written; None where there are none."""
    if not isinstance(value, dict):
        return None
    prompt = value.get("input")
    return value.get("tools") or (prompt.get("tools") if isinstance(prompt, dict) else None)


def _canonical(message: MessageView) -> str:
    value = message.value
    if not isinstance(value, dict):
        return dumps(value)
    text = value.get("content")
    rest = {k: v for k, v in value.items() if k not in ("role", "content") and v is not None}
    if isinstance(text, str):
        return text if not rest else text + "\x03" + dumps(rest)
    return "\x03" + dumps(text) + dumps(rest)


def dumps(value: Any) -> str:
    """JSON with sorted keys; what orjson cannot write (lone surrogates, huge numbers) as Python spells it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONEncodeError, RecursionError):
        return repr(value)
