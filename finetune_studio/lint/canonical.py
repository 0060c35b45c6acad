"""What makes two examples the same: roles and texts, white space normalised, whatever the order of keys."""

from dataclasses import dataclass, replace
from typing import Any

import orjson

from finetune_studio.lint.hashing import digest, normalised
from finetune_studio.lint.shapes import Shape
from finetune_studio.lint.view import ExampleView, MessageView

_MARK = " \x01 "
"""With spaces, so that white space at the edges of a text becomes a double one, and goes."""
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


def identity_of_texts(shape: Shape, texts: list[str]) -> Identity:
    """The identity of a plain conversation."""
    whole = normalised(shape.prefix + _MARK.join(texts))
    pieces = whole.split(_MARK)
    if len(pieces) != len(texts) + 1:
        pieces = ["", *(normalised(text).strip() for text in texts)]
    answer = pieces[shape.last_assistant + 1] if shape.last_assistant >= 0 else ""
    system = pieces[shape.first_system + 1] if shape.first_system >= 0 else ""
    question = pieces[shape.first_user + 1] if shape.first_user >= 0 else ""
    return Identity(digest(whole), answer, system, opening_of(answer), opening_of(question))


def identity_of_value(view: ExampleView, shape: Shape) -> Identity:
    """The identity of any readable object; keys beside the messages do not count, but tools do."""
    texts = [_canonical(message) for message in view.messages]
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


def opening_of(answer: str) -> str:
    """The first words in lower case, or nothing for an answer of few words."""
    words = answer.split(" ", _LONG_ENOUGH)
    if len(words) < _LONG_ENOUGH:
        return ""
    return " ".join(words[:_OPENING_WORDS]).lower()


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
