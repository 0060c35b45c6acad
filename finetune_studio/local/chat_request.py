"""Checks of a chat request."""

import math
import secrets
from dataclasses import dataclass
from typing import Any

from finetune_studio.local.api_errors import ApiError
from finetune_studio.local.engines.base import AnswerRequest
from finetune_studio.local.requests import text_value

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_MOST_TOKENS = 4096
_DEFAULT_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class ChatRequest:
    model: str
    stream: bool
    with_usage: bool
    answer: AnswerRequest


def chat_request_of(body: dict[str, Any]) -> ChatRequest:
    """Raises ApiError 400. Without a temperature the likeliest answer is given (0), not OpenAI's 1."""
    model = text_value(body, "model")
    if body.get("n") not in (None, 1):
        raise ApiError(400, "This computer gives one answer at a time.", param="n")
    options = body.get("stream_options") or {}
    tokens = body.get("max_completion_tokens") or body.get("max_tokens") or _DEFAULT_TOKENS
    if isinstance(tokens, bool) or not isinstance(tokens, int) or tokens < 1:
        raise ApiError(400, "'max_tokens' must be a whole number over 0.", param="max_tokens")
    seed = body.get("seed")
    return ChatRequest(
        model=model,
        stream=bool(body.get("stream")),
        with_usage=isinstance(options, dict) and bool(options.get("include_usage")),
        answer=AnswerRequest(
            messages=_messages(body),
            temperature=_number(body, "temperature", 0.0, 2.0),
            top_p=_number(body, "top_p", 1.0, 1.0),
            max_tokens=min(tokens, _MOST_TOKENS),
            stop=_stop(body),
            seed=seed % 2**63 if isinstance(seed, int) else secrets.randbelow(2**31),
        ),
    )


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ApiError(400, "'messages' must be a list of at least one message.", param="messages")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise ApiError(
                400, f"Message {index + 1} has no role that is known.", param=f"messages[{index}].role"
            )
        content = message.get("content")
        parts_fit = isinstance(content, list) and all(isinstance(part, dict) for part in content)
        if content is not None and not isinstance(content, str) and not parts_fit:
            raise ApiError(
                400, f"Message {index + 1} has content that is not text.", param=f"messages[{index}].content"
            )
    return messages


def _number(body: dict[str, Any], key: str, default: float, most: float) -> float:
    value = body.get(key)
    if value is None:
        return default
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not fits or not 0 <= value <= most:
        raise ApiError(400, f"'{key}' must be a number from 0 to {most:g}.", param=key)
    return float(value)


def _stop(body: dict[str, Any]) -> tuple[str, ...]:
    stop = body.get("stop")
    found = [stop] if isinstance(stop, str) else stop or []
    if not isinstance(found, list) or len(found) > 4 or not all(isinstance(text, str) for text in found):
        raise ApiError(400, "'stop' must be a text or up to 4 texts.", param="stop")
    return tuple(text for text in found if text)
