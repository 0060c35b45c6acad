"""The bytes of an example as they are sent to a service."""

from collections.abc import Collection
from typing import Any

from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.json_documents import on_one_line
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import loads

PAIR_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})
INPUT_KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


def to_target_bytes(
    body: bytes,
    kind: ExampleKind,
    allowed_top_keys: Collection[str],
    allowed_message_keys: Collection[str],
) -> bytes:
    """The example on one line that ends with a line feed, without keys that the target refuses.

    For a pair, `allowed_top_keys` are those of its input object (INPUT_KEYS where they name none); at
    its own top just the pair's three keys stay. Nothing else changes: values keep their spelling.
    Raises InputError for kind OTHER and for what is not JSON.
    """
    value = loads(body)
    if kind is ExampleKind.OTHER or not isinstance(value, dict):
        raise InputError("This line is neither a conversation nor a preference pair; it cannot be sent.")
    if kind is ExampleKind.PREFERENCE:
        allowed_top_keys = frozenset(allowed_top_keys) - PAIR_KEYS or INPUT_KEYS
    if not _has_extra_keys(value, kind, allowed_top_keys, allowed_message_keys):
        return _as_line(body)
    root = parse(body)
    edits: list[Edit] = []
    if kind is ExampleKind.PREFERENCE:
        edits += _extra_keys(root, (), PAIR_KEYS)
        given = root.get("input")
        if given is not None:
            edits += _extra_keys(given, ("input",), allowed_top_keys)
        lists: tuple[tuple[str, ...], ...] = (
            ("input", "messages"),
            ("preferred_output",),
            ("non_preferred_output",),
        )
    else:
        edits += _extra_keys(root, (), allowed_top_keys)
        lists = (("messages",),)
    for parts in lists:
        node = root.at(pointer(*parts))
        for index, message in enumerate(node.items if node is not None else ()):
            edits += _extra_keys(message, (*parts, index), allowed_message_keys)
    return _as_line(apply_edits(body, edits))


def _as_line(body: bytes) -> bytes:
    return on_one_line(body.strip(b" \t\r\n")) + b"\n"


def _has_extra_keys(
    value: dict[str, Any],
    kind: ExampleKind,
    allowed_top_keys: Collection[str],
    allowed_message_keys: Collection[str],
) -> bool:
    """A quick look that spares nearly all lines the parser that keeps places."""
    lists = [value.get("messages")]
    holder: Any = value
    if kind is ExampleKind.PREFERENCE:
        if any(key not in PAIR_KEYS for key in value):
            return True
        holder = value.get("input")
        lists = [value.get("preferred_output"), value.get("non_preferred_output")]
        if isinstance(holder, dict):
            lists.append(holder.get("messages"))
    if isinstance(holder, dict) and any(key not in allowed_top_keys for key in holder):
        return True
    return any(
        key not in allowed_message_keys
        for messages in lists
        if isinstance(messages, list)
        for message in messages
        if isinstance(message, dict)
        for key in message
    )


def _extra_keys(node: Node, parts: tuple[str | int, ...], allowed: Collection[str]) -> list[Edit]:
    if node.kind is not NodeKind.OBJECT:
        return []
    keys = dict.fromkeys(member.key for member in node.members)
    return [Edit(EditOp.REMOVE, pointer(*parts, key)) for key in keys if key not in allowed]
