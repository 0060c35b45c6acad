"""What makes two examples the same: roles and texts, white space normalised, whatever the order of keys."""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from finetune_studio.lint.hashing import UTF8, digest, digest_of, normalised
from finetune_studio.lint.shapes import Shape
from finetune_studio.lint.view import ExampleView, MessageView

_MARK = b"\x01"
_OPENING_WORDS = 3
_LONG_ENOUGH = 5
"""Words that an answer needs for its opening to be told from a label."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`digest` is of the whole conversation; the texts are normalised, empty where there is none."""

    digest: bytes
    answer: str
    system: str
    opening: str
    question_opening: str


def identity_of_texts(shape: Shape, texts: list[bytes]) -> Identity:
    """The identity of a plain conversation, by its normalised texts."""
    answer = texts[shape.last_assistant] if shape.last_assistant >= 0 else b""
    system = texts[shape.first_system] if shape.first_system >= 0 else b""
    question = texts[shape.first_user] if shape.first_user >= 0 else b""
    whole = digest_of(shape.head + _MARK.join(texts))
    return Identity(
        whole, answer.decode(*UTF8), system.decode(*UTF8), opening_of(answer), opening_of(question)
    )


def identity_of_value(view: ExampleView, shape: Shape) -> Identity:
    """The identity of any readable object; keys beside the messages do not count, but tools do."""
    texts = [normalised(_canonical(message)).encode(*UTF8) for message in view.messages]
    tools = _tools(view.value) if texts else view.value
    sides = "".join(message.side[0] for message in view.messages if message.side != "messages")
    extra = (sides, _dumps(tools)) if sides or tools else ()
    plain = identity_of_texts(shape, texts)
    if not extra:
        return plain
    return replace(plain, digest=digest(plain.digest.hex() + "\x03".join(extra)))


def _tools(value: dict[str, Any]) -> Any:
    prompt = value.get("input")
    return value.get("tools") or (prompt.get("tools") if isinstance(prompt, dict) else None)


def opening_of(text: bytes) -> str:
    """The first words in lower case, or nothing for a text of few words."""
    words = text.split(b" ", _LONG_ENOUGH)
    if len(words) < _LONG_ENOUGH:
        return ""
    return b" ".join(words[:_OPENING_WORDS]).decode(*UTF8).lower()


def _canonical(message: MessageView) -> str:
    value = message.value
    if not isinstance(value, dict):
        return _dumps(value)
    text = value.get("content")
    rest = {k: v for k, v in value.items() if k not in ("role", "content") and v is not None}
    if isinstance(text, str):
        return text if not rest else text + "\x03" + _dumps(rest)
    return "\x03" + _dumps(text) + _dumps(rest)


def _dumps(value: Any) -> str:
    """JSON with sorted keys; what orjson cannot write (lone surrogates, huge numbers) as Python spells it."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONEncodeError, RecursionError):
        return repr(value)
