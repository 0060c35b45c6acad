"""How the texts of an example add up: the chat formula, given a function that counts one text.

Per message 3, the tokens of each text field, 1 if it has a `name`; 3 per conversation (OpenAI's cookbook,
"How to count tokens with tiktoken"; its gpt-4o example gives 124, as the API does).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from finetune_studio.tokens.tool_counting import count_tools

PER_MESSAGE = 3
PER_NAME = 1
PER_CONVERSATION = 3
PER_TOOL_CALL = 3
"""Our estimate of what frames one call; no source gives it, so such counts are shown with "about"."""
IMAGE_LOW = 85
IMAGE_HIGH = 765
"""An image at low detail, and one of 1,024 x 1,024 at high detail (OpenAI's vision guide, gpt-4o)."""

_TRAINED_FIELDS = ("content", "refusal")

Count = Callable[[str], int]


@dataclass(slots=True)
class Sums:
    """What some messages add up to; `roles` goes in step with `by_message`."""

    by_message: list[int] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    loss: int = 0
    about: bool = False

    @property
    def total(self) -> int:
        return sum(self.by_message)


def count_messages(messages: Any, count: Count, role_tokens: dict[str, int], *, trains: bool) -> Sums:
    """Counts of a list of messages; what is no message counts nothing, and nothing raises.

    `role_tokens` are counts of the usual role names. `trains` says whether assistant messages bear loss.
    """
    sums = Sums()
    for message in list_of(messages):
        if not isinstance(message, dict):
            sums.by_message.append(0)
            sums.roles.append("")
            continue
        role, content = message.get("role"), message.get("content")
        if len(message) == 2 and isinstance(content, str) and isinstance(role, str) and role in role_tokens:
            trained = count(content)
            sums.by_message.append(PER_MESSAGE + role_tokens[role] + trained)
            sums.roles.append(role)
            if trains and role == "assistant":
                sums.loss += trained
        else:
            _count_message(message, count, sums, trains)
    return sums


def count_definitions(holder: dict[str, Any], count: Count, encoding: str) -> int:
    """Tokens of the tool definitions, deprecated functions included; 0 where there are none."""
    tools = [tool for key in ("tools", "functions") for tool in list_of(holder.get(key))]
    return count_tools(tools, encoding, count) if tools else 0


def is_pair(value: dict[str, Any]) -> bool:
    return "messages" not in value and ("preferred_output" in value or "non_preferred_output" in value)


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _count_message(message: dict[str, Any], count: Count, sums: Sums, trains: bool) -> None:
    """Any message: parts, tool calls, names and fields that no service knows."""
    trained = sum(_count_content(message.get(key), count, sums) for key in _TRAINED_FIELDS)
    calls, frames = _count_calls(message, count, sums)
    trained += calls
    others = frames
    for key, value in message.items():
        if isinstance(value, str) and key not in _TRAINED_FIELDS:
            others += count(value) + (PER_NAME if key == "name" else 0)
    if "tool_call_id" in message:
        sums.about = True
    role = message.get("role")
    sums.by_message.append(PER_MESSAGE + trained + others)
    sums.roles.append(role if isinstance(role, str) else "")
    if trains and role == "assistant" and message.get("weight") != 0:
        sums.loss += trained


def _count_content(content: Any, count: Count, sums: Sums) -> int:
    """A string, or a list of parts with texts and images."""
    if isinstance(content, str):
        return count(content)
    tokens = 0
    for part in list_of(content):
        if not isinstance(part, dict):
            continue
        tokens += sum(count(text) for key in ("text", "refusal") if isinstance(text := part.get(key), str))
        if "image_url" in part:
            sums.about = True
            tokens += IMAGE_LOW if dict_of(part["image_url"]).get("detail") == "low" else IMAGE_HIGH
    return tokens


def _count_calls(message: dict[str, Any], count: Count, sums: Sums) -> tuple[int, int]:
    """Tokens of the names and arguments of all calls, and of what frames them."""
    if "tool_calls" not in message and "function_call" not in message:
        return 0, 0
    calls = [dict_of(call).get("function") for call in list_of(message.get("tool_calls"))]
    calls.append(message.get("function_call"))
    tokens = frames = 0
    for call in calls:
        if isinstance(call, dict):
            sums.about = True
            frames += PER_TOOL_CALL
            tokens += sum(count(t) for key in ("name", "arguments") if isinstance(t := call.get(key), str))
    return tokens, frames
