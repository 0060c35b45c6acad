"""Which texts of an example are counted, and what comes on top: the chat formula, without a tokenizer.

Per message 3, the tokens of each text field, 1 if it has a `name`; 3 per conversation (OpenAI's cookbook,
"How to count tokens with tiktoken"; its gpt-4o example gives 124, as the API does).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from finetune_studio.tokens.tool_counting import collect_tools

PER_MESSAGE = 3
PER_NAME = 1
PER_CONVERSATION = 3
PER_TOOL_CALL = 3
"""Our estimate of what frames one call; no source gives it, so such counts are shown with "about"."""
IMAGE_LOW = 85
IMAGE_HIGH = 765
"""An image at low detail, and one of 1,024 x 1,024 at high detail (OpenAI's vision guide, gpt-4o)."""

_TRAINED_FIELDS = ("content", "refusal")


@dataclass(slots=True)
class MessagePlan:
    """`texts[first:trained_end]` is what an answer trains on, `texts[trained_end:end]` the other fields."""

    role: str
    fixed: int
    first: int
    trained_end: int
    end: int
    is_trained: bool


@dataclass(slots=True)
class ExamplePlan:
    """Where an example's texts lie in the shared list. `n_input` messages are the prompt of a pair."""

    messages: list[MessagePlan] = field(default_factory=list)
    is_pair: bool = False
    n_input: int = 0
    n_preferred: int = 0
    tools_fixed: int = 0
    tools_first: int = 0
    tools_end: int = 0
    about: bool = False


def plan_example(value: Any, encoding: str, texts: list[str]) -> ExamplePlan:
    """Append an example's texts to `texts` and say how they add up; odd values count as nothing."""
    plan = ExamplePlan()
    if not isinstance(value, dict):
        return plan
    holder: dict[str, Any] = value
    plan.is_pair = is_pair(value)
    if plan.is_pair:
        holder = _dict_of(value.get("input"))
        _plan_messages(holder.get("messages"), plan, texts, trains=False)
        plan.n_input = len(plan.messages)
        _plan_messages(value.get("preferred_output"), plan, texts, trains=True)
        plan.n_preferred = len(plan.messages) - plan.n_input
        _plan_messages(value.get("non_preferred_output"), plan, texts, trains=True)
    else:
        _plan_messages(holder.get("messages"), plan, texts, trains=True)
    _plan_tools(holder, encoding, plan, texts)
    return plan


def is_pair(value: dict[str, Any]) -> bool:
    return "messages" not in value and ("preferred_output" in value or "non_preferred_output" in value)


def _plan_tools(holder: dict[str, Any], encoding: str, plan: ExamplePlan, texts: list[str]) -> None:
    tools = [tool for key in ("tools", "functions") for tool in _list_of(holder.get(key))]
    plan.tools_first = len(texts)
    if tools:
        plan.about = True
        plan.tools_fixed = collect_tools(tools, encoding, texts.append)
    plan.tools_end = len(texts)


def _plan_messages(messages: Any, plan: ExamplePlan, texts: list[str], *, trains: bool) -> None:
    add = plan.messages.append
    for message in _list_of(messages):
        if not isinstance(message, dict):
            add(MessagePlan("", 0, len(texts), len(texts), len(texts), False))
            continue
        role, content = message.get("role"), message.get("content")
        first = len(texts)
        if len(message) == 2 and isinstance(role, str) and isinstance(content, str):
            texts.append(content)
            texts.append(role)
            add(MessagePlan(role, PER_MESSAGE, first, first + 1, first + 2, trains and role == "assistant"))
        else:
            add(_plan_message(message, plan, texts, trains))


def _plan_message(message: dict[str, Any], plan: ExamplePlan, texts: list[str], trains: bool) -> MessagePlan:
    first = len(texts)
    fixed = PER_MESSAGE
    for key in _TRAINED_FIELDS:
        fixed += _plan_content(message.get(key), plan, texts)
    fixed += _plan_calls(message, plan, texts)
    trained_end = len(texts)
    for key, value in message.items():
        if isinstance(value, str) and key not in _TRAINED_FIELDS:
            texts.append(value)
            fixed += PER_NAME if key == "name" else 0
    if "tool_call_id" in message:
        plan.about = True
    role = message.get("role")
    role = role if isinstance(role, str) else ""
    is_trained = trains and role == "assistant" and message.get("weight") != 0
    return MessagePlan(role, fixed, first, trained_end, len(texts), is_trained)


def _plan_content(content: Any, plan: ExamplePlan, texts: list[str]) -> int:
    """A string, or a list of parts; returns the tokens of its images."""
    if isinstance(content, str):
        texts.append(content)
        return 0
    fixed = 0
    for part in _list_of(content):
        if not isinstance(part, dict):
            continue
        texts.extend(text for key in ("text", "refusal") if isinstance(text := part.get(key), str))
        if "image_url" in part:
            plan.about = True
            fixed += _image_tokens(part["image_url"])
    return fixed


def _image_tokens(image: Any) -> int:
    return IMAGE_LOW if _dict_of(image).get("detail") == "low" else IMAGE_HIGH


def _plan_calls(message: dict[str, Any], plan: ExamplePlan, texts: list[str]) -> int:
    calls = [_dict_of(call).get("function") for call in _list_of(message.get("tool_calls"))]
    if "function_call" in message:
        calls.append(message["function_call"])
    fixed = 0
    for call in calls:
        if not isinstance(call, dict):
            continue
        plan.about = True
        fixed += PER_TOOL_CALL
        texts.extend(part for key in ("name", "arguments") if isinstance(part := call.get(key), str))
    return fixed


def _dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list_of(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
