"""What a list shows of an example, read from its bytes without decoding more than that."""

from typing import Any

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.records import loads

MAX_LENGTH = 200
"""Characters of a title or preview; a list never shows more."""

_LOOKED_AT = 4 * MAX_LENGTH


def summary_of(body: bytes) -> tuple[str, str]:
    """(title, preview): the first user text, and the last assistant text or tool call.

    Of a preference pair the preview is the preferred answer. Both are one line, cut at 200 characters.
    """
    try:
        value = loads(body)
    except InputError:
        return _one_line(body[:_LOOKED_AT].decode("utf-8", "replace")), ""
    if not isinstance(value, dict):
        return _one_line(body[:_LOOKED_AT].decode("utf-8", "replace")), ""
    prompt = value.get("messages")
    answers = prompt
    if prompt is None:
        given = value.get("input")
        prompt = given.get("messages") if isinstance(given, dict) else None
        answers = value.get("preferred_output")
    title = _title(prompt if isinstance(prompt, list) else [])
    preview = _preview(answers if isinstance(answers, list) else [])
    if not title and not preview and "messages" not in value and "input" not in value:
        title = _one_line(body[:_LOOKED_AT].decode("utf-8", "replace"))
    return title, preview


def text_of(message: Any) -> str:
    """A message's text: its content, or its text parts joined."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))
    return ""


def searchable_text(body: bytes) -> str:
    """All that search looks at: the texts of all messages, tool calls with their arguments, names."""
    try:
        value = loads(body)
    except InputError:
        return body.decode("utf-8", "replace")
    if not isinstance(value, dict):
        return ""
    given = value.get("input")
    lists = [value.get("messages"), given.get("messages") if isinstance(given, dict) else None]
    lists += [value.get("preferred_output"), value.get("non_preferred_output")]
    texts: list[str] = []
    for messages in lists:
        for message in messages if isinstance(messages, list) else ():
            texts.append(text_of(message))
            calls = message.get("tool_calls") if isinstance(message, dict) else None
            texts.extend(map(_call_text, calls if isinstance(calls, list) else ()))
    return "\n".join(texts)


def _title(messages: list[Any]) -> str:
    fallback = ""
    for message in messages:
        text = _one_line(text_of(message)[:_LOOKED_AT])
        if text and message.get("role") == "user":
            return text
        fallback = fallback or text
    return fallback


def _preview(messages: list[Any]) -> str:
    for message in reversed(messages):
        if not isinstance(message, dict) or message.get("role") != "assistant":
            continue
        text = _one_line(text_of(message)[:_LOOKED_AT])
        if text:
            return text
        calls = message.get("tool_calls")
        if isinstance(calls, list) and calls:
            return _one_line(", ".join(_call_text(call) for call in calls[:5]))
    return ""


def _call_text(call: Any) -> str:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return ""
    arguments = function.get("arguments")
    shown = arguments[:_LOOKED_AT] if isinstance(arguments, str) else ""
    return f"{function.get('name', '')}({shown})"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
