"""Values and counts in words, for the messages of rules."""

import json
import re
from typing import Any

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls (a terminal obeys some), marks of direction (which turn the text around them), halves of pairs."""
_CONSTANTS = {None: "null", True: "true", False: "false"}
_SHOWN = 40


def kind_of_value(value: Any) -> str:
    """What a JSON value is, with its article: "a list", "null", "a number"."""
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, str):
        return "a text"
    if isinstance(value, (int, float)):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"


def shown(text: object, limit: int = _SHOWN) -> str:
    """A value for a message: on one line, with every character to be seen, cut with an ellipsis."""
    flat = " ".join(str(text).split())
    flat = visible(flat[: limit + 1])
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def spelled(value: Any) -> str:
    """A value for a message as JSON spells it, a text in quotation marks for print."""
    if isinstance(value, str):
        return f"“{shown(value)}”"
    return shown(json.dumps(value, ensure_ascii=False, default=str))


def visible(text: object) -> str:
    """A text for a line on a terminal: what it would obey, or cannot show, as `\\u001b`."""
    return _UNSEEN.sub(_escape, str(text))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def counted(number: int, one: str, many: str = "") -> str:
    """`counted(2, "message")` is "2 messages"; with a thousands separator."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: "list[str] | tuple[str, ...]") -> str:
    """Joined by commas and a last "and"."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]
