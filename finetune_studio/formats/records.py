"""Decoding and encoding of examples in OpenAI's chat and preference layouts."""

from typing import Any

import orjson

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import Conversation, ExampleKind, PreferencePair, Record
from finetune_studio.domain.message import Message, RawJson, Tool
from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.message_decoder import decode_messages, decode_tools, last_members, raw_text
from finetune_studio.formats.record_encoder import encode, message_to_json

__all__ = ["decode", "encode", "kind_of_body", "kind_of_value", "loads", "loads_exact", "message_to_json"]

_OUTPUTS = ("preferred_output", "non_preferred_output")


def loads(body: bytes) -> Any:
    """The Python value of one line, fast; raises JsonSyntaxError.

    The last of duplicate keys wins, and whole numbers beyond 64 bits come as floats: what must be exact
    uses loads_exact or the parser. Lone surrogates, which orjson refuses, are read.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return parse(body).value()


def loads_exact(body: bytes) -> Any:
    """The Python value of one line with whole numbers of any size; about thirty times slower."""
    return parse(body).value()


def kind_of_value(value: Any) -> ExampleKind:
    """What a parsed line is, judged by its keys and their outermost types."""
    if not isinstance(value, dict):
        return ExampleKind.OTHER
    if isinstance(value.get("messages"), list):
        return ExampleKind.CONVERSATION
    outputs = [value[key] for key in _OUTPUTS if key in value]
    if not outputs or "messages" in value or not all(isinstance(output, list) for output in outputs):
        return ExampleKind.OTHER
    given = value.get("input", {})
    if not isinstance(given, dict) or not isinstance(given.get("messages", []), list):
        return ExampleKind.OTHER
    return ExampleKind.PREFERENCE


def kind_of_body(body: bytes) -> ExampleKind:
    """As kind_of_value for a line; OTHER when it is not JSON."""
    try:
        return kind_of_value(loads(body))
    except JsonSyntaxError:
        return ExampleKind.OTHER


def decode(body: bytes) -> tuple[ExampleKind, Record | None]:
    """Decode one line. Tolerant: what cannot be a record gives (OTHER, None), never an error."""
    try:
        root = parse(body)
    except InputError:
        return ExampleKind.OTHER, None
    kind = kind_of_value(_outline(root))
    if kind is ExampleKind.CONVERSATION:
        messages, tools, parallel, extra = _decode_conversation(root)
        return kind, Conversation(messages, tools, parallel, extra)
    if kind is ExampleKind.PREFERENCE:
        return kind, _decode_pair(root)
    return kind, None


def _outline(root: Node) -> Any:
    """As much of the value as kind_of_value looks at."""
    shells: dict[NodeKind, Any] = {NodeKind.OBJECT: {}, NodeKind.ARRAY: []}
    if root.kind is not NodeKind.OBJECT:
        return None
    outline = {member.key: shells.get(member.value.kind) for member in root.members}
    given = root.get("input")
    if given is not None and given.kind is NodeKind.OBJECT:
        outline["input"] = {member.key: shells.get(member.value.kind) for member in given.members}
    return outline


_Parts = tuple[tuple[Message, ...], tuple[Tool, ...], bool | None, tuple[tuple[str, RawJson], ...]]


def _decode_conversation(node: Node | None) -> _Parts:
    messages: tuple[Message, ...] = ()
    tools: tuple[Tool, ...] = ()
    parallel: bool | None = None
    extra: list[tuple[str, RawJson]] = []
    for member in last_members(node) if node is not None else ():
        key, value = member.key, member.value
        if key == "messages":
            messages = decode_messages(value)
            continue
        if key == "tools" and (tools := decode_tools(value)):
            continue
        if key == "parallel_tool_calls" and value.kind in (NodeKind.TRUE, NodeKind.FALSE):
            parallel = value.kind is NodeKind.TRUE
            continue
        extra.append((key, raw_text(value)))
    return messages, tools, parallel, tuple(extra)


def _decode_pair(root: Node) -> PreferencePair:
    messages, tools, parallel, input_extra = _decode_conversation(root.get("input"))
    known = ("input", *_OUTPUTS)
    return PreferencePair(
        Conversation(messages, tools, parallel, input_extra),
        preferred=decode_messages(root.get("preferred_output")),
        non_preferred=decode_messages(root.get("non_preferred_output")),
        extra=tuple((m.key, raw_text(m.value)) for m in last_members(root) if m.key not in known),
    )
