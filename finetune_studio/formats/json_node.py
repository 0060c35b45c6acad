"""The syntax tree of a JSON text: values with the bytes they came from.

Nothing is lost: duplicate keys, the spelling of numbers and strings, and the white space between
values can all be read back from `source`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from finetune_studio.domain.edits import pointer_parts


class NodeKind(StrEnum):
    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    TRUE = "true"
    FALSE = "false"
    NULL = "null"


_CONSTANTS: dict[NodeKind, bool | None] = {NodeKind.TRUE: True, NodeKind.FALSE: False, NodeKind.NULL: None}


@dataclass(slots=True, eq=False)
class Node:
    """One value; `start` and `end` are byte offsets into `source`.

    `members` is filled for objects, in order and with duplicates; `items` for arrays.
    """

    source: bytes = field(repr=False)
    kind: NodeKind
    start: int
    end: int = 0
    members: Sequence["Member"] = field(default=(), repr=False)
    items: Sequence["Node"] = field(default=(), repr=False)

    @property
    def raw(self) -> bytes:
        """The value as it is spelled."""
        return self.source[self.start : self.end]

    @property
    def is_container(self) -> bool:
        return self.kind is NodeKind.OBJECT or self.kind is NodeKind.ARRAY

    def get(self, key: str) -> "Node | None":
        """The value of a key of an object (the last one when the key is there twice), or None."""
        for member in reversed(self.members):
            if member.key == key:
                return member.value
        return None

    def at(self, path: str) -> "Node | None":
        """The value that a JSON Pointer names, or None; raises ValueError for a malformed pointer."""
        node: Node | None = self
        for part in pointer_parts(path):
            if node is None:
                return None
            if node.kind is NodeKind.ARRAY:
                index = list_index(part)
                node = node.items[index] if index is not None and index < len(node.items) else None
            else:
                node = node.get(part)
        return node

    def value(self) -> Any:
        """The Python value, as json.loads gives it: the last of duplicate keys wins.

        Numbers too big for a float become infinite, as do whole numbers of more than 4,300 digits.
        """
        if not self.is_container:
            return _scalar(self)
        root: dict[str, Any] | list[Any] = {} if self.kind is NodeKind.OBJECT else []
        waiting: list[tuple[Node, dict[str, Any] | list[Any]]] = [(self, root)]
        while waiting:
            node, target = waiting.pop()
            if isinstance(target, list):
                for item in node.items:
                    target.append(_value_or_shell(item, waiting))
            else:
                for member in node.members:
                    target[member.key] = _value_or_shell(member.value, waiting)
        return root


@dataclass(slots=True, eq=False)
class Member:
    """A key with its value; `key_start` and `key_end` span the key with its quotes."""

    key: str
    key_start: int
    key_end: int
    value: Node


def _value_or_shell(node: Node, waiting: list[tuple[Node, dict[str, Any] | list[Any]]]) -> Any:
    """A scalar's value, or an empty container that is filled when its turn comes (no recursion)."""
    if not node.is_container:
        return _scalar(node)
    shell: dict[str, Any] | list[Any] = {} if node.kind is NodeKind.OBJECT else []
    waiting.append((node, shell))
    return shell


def _scalar(node: Node) -> Any:
    if node.kind is NodeKind.STRING:
        return decode_string(node.raw)
    if node.kind is NodeKind.NUMBER:
        return _number(node.raw.decode("ascii"))
    return _CONSTANTS[node.kind]


def decode_string(raw: bytes) -> str:
    """The text of a JSON string given with its quotes; lone surrogates are kept."""
    if b"\\" not in raw:
        return raw[1:-1].decode("utf-8")
    text: str = json.loads(raw.decode("utf-8"))
    return text


def _number(text: str) -> int | float:
    if text.lstrip("-").isdigit():
        try:
            return int(text)
        except ValueError:  # more digits than the interpreter converts
            return float(text)
    return float(text)


def list_index(part: str) -> int | None:
    """The index that a part of a JSON Pointer spells, or None (no signs, no leading zeros)."""
    if part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") and len(part) < 19:
        return int(part)
    return None


def walk(root: Node) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    """All nodes with their path, parents first, in the order of the text; works at any depth."""
    waiting: list[tuple[tuple[str | int, ...], Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        if node.kind is NodeKind.OBJECT:
            waiting.extend(((*path, m.key), m.value) for m in reversed(node.members))
        elif node.kind is NodeKind.ARRAY:
            last = len(node.items) - 1
            waiting.extend(((*path, last - i), n) for i, n in enumerate(reversed(node.items)))
