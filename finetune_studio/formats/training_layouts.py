"""Examples as local trainers read them: TRL, mlx-lm, Axolotl and LLaMA-Factory.

Sources: TRL "Dataset formats and types"; mlx-lm LORA.md; Axolotl "Dataset formats, conversation"
(`message_field_training`); LLaMA-Factory data/README.md. Read November 2026.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind

_KEPT = ("role", "content", "name", "tool_calls", "tool_call_id")


class Layout(StrEnum):
    TRL = "trl"
    MLX = "mlx"
    AXOLOTL = "axolotl"
    LLAMA_FACTORY = "llama-factory"

    @property
    def name_for_people(self) -> str:
        return _TITLES[self]

    @property
    def has_weights(self) -> bool:
        """Whether a message can say that it is not trained."""
        return self is Layout.AXOLOTL


_TITLES = {
    Layout.TRL: "TRL (Hugging Face)",
    Layout.MLX: "mlx-lm",
    Layout.AXOLOTL: "Axolotl",
    Layout.LLAMA_FACTORY: "LLaMA-Factory",
}


@dataclass(frozen=True, slots=True)
class LaidOut:
    """One line of a layout, without its line feed; `lost` says what of the example it does not express."""

    text: str
    lost: tuple[str, ...] = ()


WEIGHT_LOST = "a message that is not to be trained would be"
DEVELOPER_LOST = "the developer role is written as system"
NAME_LOST = "names of speakers are left out"


def lay_out(value: Any, kind: ExampleKind, layout: Layout, *, split: bool = False) -> Iterator[LaidOut]:
    """The lines of one example; several where it is split after each message that is trained.

    Raises InputError that says why the layout cannot hold it.
    """
    if kind is ExampleKind.PREFERENCE:
        yield _pair(value, layout)
    elif kind is ExampleKind.CONVERSATION:
        yield from _conversation(value, layout, split=split and not layout.has_weights)
    else:
        raise InputError("It is neither a conversation nor a preference pair.")


def has_untrained(value: Any) -> bool:
    """Whether an assistant message of a conversation says weight 0."""
    messages = value.get("messages") if isinstance(value, dict) else None
    return any(_is_untrained(message) for message in messages or () if isinstance(message, dict))


def _is_untrained(message: dict[str, Any]) -> bool:
    return message.get("role") == "assistant" and message.get("weight") == 0


def _conversation(value: dict[str, Any], layout: Layout, *, split: bool) -> Iterator[LaidOut]:
    raw = _messages_of(value)
    lost: list[str] = []
    messages = [_message(message, layout, lost) for message in raw]
    tools = value.get("tools")
    if not split:
        if not layout.has_weights and has_untrained(value):
            lost.append(WEIGHT_LOST)
        yield LaidOut(_line(_record(messages, tools, layout)), tuple(dict.fromkeys(lost)))
        return
    for index, message in enumerate(raw):
        if message.get("role") == "assistant" and message.get("weight") != 0:
            record = _split_record(messages[: index + 1], tools, layout)
            yield LaidOut(_line(record), tuple(dict.fromkeys(lost)))


def _record(messages: list[dict[str, Any]], tools: Any, layout: Layout) -> dict[str, Any]:
    if layout is Layout.LLAMA_FACTORY:
        return _factory_record(messages, tools)
    return {"messages": messages, **({"tools": tools} if tools else {})}


def _split_record(messages: list[dict[str, Any]], tools: Any, layout: Layout) -> dict[str, Any]:
    """What ends in the one message that is trained."""
    if layout is Layout.TRL:
        record = {"prompt": messages[:-1], "completion": messages[-1:]}
        return {**record, **({"tools": tools} if tools else {})}
    return _record(messages, tools, layout)


def _pair(value: dict[str, Any], layout: Layout) -> LaidOut:
    given = value.get("input")
    given = given if isinstance(given, dict) else {}
    lost: list[str] = []
    prompt = [_message(message, layout, lost) for message in _messages_of(given)]
    sides = [
        [_message(message, layout, lost) for message in _messages_of({"messages": value.get(key)})]
        for key in ("preferred_output", "non_preferred_output")
    ]
    tools = given.get("tools")
    if layout is Layout.LLAMA_FACTORY:
        if any(len(side) != 1 for side in sides):
            raise InputError("An answer of several messages has no place in a ranking of LLaMA-Factory.")
        record = {"messages": prompt, "chosen": sides[0][0], "rejected": sides[1][0]}
    elif layout is Layout.MLX:
        raise InputError("mlx-lm trains on conversations, not on preference pairs.")
    else:
        record = {"prompt": prompt, "chosen": sides[0], "rejected": sides[1]}
    if tools:
        record["tools"] = json.dumps(tools, ensure_ascii=False) if layout is Layout.LLAMA_FACTORY else tools
    return LaidOut(_line(record), tuple(dict.fromkeys(lost)))


def _messages_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    messages = value.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise InputError("Its messages cannot be read.")
    return messages


def _message(message: dict[str, Any], layout: Layout, lost: list[str]) -> dict[str, Any]:
    found = {key: message[key] for key in _KEPT if message.get(key) is not None}
    if found.get("role") == "developer":
        found["role"] = "system"
        lost.append(DEVELOPER_LOST)
    if "name" in found and found.get("role") != "tool":
        del found["name"]
        lost.append(NAME_LOST)
    found["content"] = _content(message.get("content"))
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        found["tool_calls"] = [_call(call) for call in calls]
    if layout is Layout.AXOLOTL and _is_untrained(message):
        found["training"] = False
    return found


def _content(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts: list[str] = []
    for part in parts:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            raise InputError("It has images or other parts, which this layout does not carry.")
        texts.append(part["text"])
    return "\n".join(texts)


def _call(call: Any) -> Any:
    """A tool call with its arguments as an object, as chat templates want them."""
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
        return call
    try:
        arguments = json.loads(function["arguments"] or "{}")
    except (ValueError, RecursionError) as error:
        raise InputError("The arguments of a tool call are no JSON.") from error
    if not isinstance(arguments, dict):
        raise InputError("The arguments of a tool call are no JSON object.")
    return {**call, "function": {**function, "arguments": arguments}}


def _factory_record(messages: list[dict[str, Any]], tools: Any) -> dict[str, Any]:
    found: list[dict[str, str]] = []
    for message in messages:
        calls = message.get("tool_calls")
        if calls:
            if message["content"]:
                raise InputError("A message with both text and tool calls has no place in LLaMA-Factory.")
            asked = [call.get("function", {}) for call in calls]
            content = [{"name": one.get("name"), "arguments": one.get("arguments")} for one in asked]
            body = content[0] if len(content) == 1 else content
            found.append({"role": "function_call", "content": json.dumps(body, ensure_ascii=False)})
        elif message.get("role") == "tool":
            found.append({"role": "observation", "content": message["content"]})
        else:
            found.append({"role": str(message.get("role", "")), "content": message["content"]})
    record: dict[str, Any] = {"messages": found}
    if tools:
        record["tools"] = json.dumps(tools, ensure_ascii=False)
    return record


def _line(record: dict[str, Any]) -> str:
    """As it reads; escaped where UTF-8 cannot hold it (a lone surrogate)."""
    text = json.dumps(record, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(record)
    return text
