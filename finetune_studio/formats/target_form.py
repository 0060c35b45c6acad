"""The bytes of an example as they are sent to a service."""

from collections.abc import Collection

from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.json_documents import on_one_line
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.patch import apply_edits

PAIR_KEYS = frozenset({"input", "preferred_output", "non_preferred_output"})


def to_target_bytes(
    body: bytes,
    kind: ExampleKind,
    allowed_top_keys: Collection[str],
    allowed_message_keys: Collection[str],
) -> bytes:
    """The example on one line that ends with a line feed, without keys that the target refuses.

    For a pair, `allowed_top_keys` are those of its input object; the pair's own three keys always stay.
    Nothing else changes: values keep their spelling. Raises InputError for kind OTHER and for what is
    not JSON.
    """
    if kind is ExampleKind.OTHER:
        raise InputError("This line is neither a conversation nor a preference pair; it cannot be sent.")
    root = parse(body)
    edits: list[Edit] = []
    if kind is ExampleKind.PREFERENCE:
        edits += _extra_keys(root, (), PAIR_KEYS | frozenset(allowed_top_keys))
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
    return on_one_line(apply_edits(body, edits).strip(b" \t\r\n")) + b"\n"


def _extra_keys(node: Node, parts: tuple[str | int, ...], allowed: Collection[str]) -> list[Edit]:
    if node.kind is not NodeKind.OBJECT:
        return []
    keys = dict.fromkeys(member.key for member in node.members)
    return [Edit(EditOp.REMOVE, pointer(*parts, key)) for key in keys if key not in allowed]
