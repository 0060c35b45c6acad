"""Writes JSON values in the style of the line that they go into."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.message import RawJson
from finetune_studio.formats.json_node import Node, NodeKind

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE_OF_NON_ASCII = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])([0-9a-fA-F]{4})")
_ESCAPED_SLASH = re.compile(rb"(?<!\\)(?:\\\\)*\\/")
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class JsonStyle:
    """How a line is spelled: what new values are written like."""

    item_separator: str = ", "
    key_separator: str = ": "
    ascii_only: bool = False
    upper_hex: bool = False
    escaped_slash: bool = False


def style_of(source: bytes, root: Node) -> JsonStyle:
    """Read the style off a parsed line; what the line does not show is as Python's json writes it."""
    item_separator, key_separator = _separators(source, root)
    escape = _ESCAPE_OF_NON_ASCII.search(source) if b"\\u" in source and source.isascii() else None
    return JsonStyle(
        item_separator,
        key_separator,
        ascii_only=escape is not None,
        upper_hex=escape is not None and any(65 <= byte <= 70 for byte in escape[1]),
        escaped_slash=b"\\/" in source and _ESCAPED_SLASH.search(source) is not None,
    )


def _separators(source: bytes, root: Node) -> tuple[str, str]:
    """The first comma and the first colon with the white space around them."""
    item = key = None
    waiting = [root]
    while waiting and (item is None or key is None):
        node = waiting.pop()
        if node.kind is NodeKind.OBJECT:
            for index, member in enumerate(node.members):
                if key is None:
                    key = source[member.key_end : member.value.start]
                if index and item is None:
                    item = source[node.members[index - 1].value.end : member.key_start]
            waiting.extend(member.value for member in reversed(node.members) if member.value.is_container)
        else:
            if len(node.items) > 1 and item is None:
                item = source[node.items[0].end : node.items[1].start]
            waiting.extend(reversed(node.items))
    return _on_one_line(item, ", "), _on_one_line(key, ": ")


def _on_one_line(found: bytes | None, default: str) -> str:
    return default if found is None or b"\n" in found or b"\r" in found else found.decode("ascii")


def encode_value(value: Any, style: JsonStyle = JsonStyle()) -> bytes:
    """Write a Python value as JSON on one line.

    Lone surrogates are always escaped, since no UTF-8 text can hold them. Raises InputError for NaN,
    infinite numbers and things that are not JSON.
    """
    try:
        text = json.dumps(
            value,
            ensure_ascii=style.ascii_only,
            allow_nan=False,
            separators=(style.item_separator, style.key_separator),
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(f"This value cannot be written as JSON: {error}.") from error
    if not style.ascii_only:
        text = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    if style.upper_hex:
        text = _ESCAPE.sub(lambda m: "\\u" + m[0][2:].upper() if m[0][1] == "u" else m[0], text)
    if style.escaped_slash:
        text = text.replace("/", "\\/")
    return text.encode("utf-8")


def join_object(members: Iterable[tuple[str, RawJson]], style: JsonStyle = JsonStyle()) -> RawJson:
    """An object from keys and values that are JSON text already."""
    parts = (encode_value(key, style).decode() + style.key_separator + raw for key, raw in members)
    return RawJson("{" + style.item_separator.join(parts) + "}")


def join_array(items: Iterable[RawJson], style: JsonStyle = JsonStyle()) -> RawJson:
    """An array from values that are JSON text already."""
    return RawJson("[" + style.item_separator.join(items) + "]")
