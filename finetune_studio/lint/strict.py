"""Questions to the strict reading of a line that the parsed value cannot answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from finetune_studio.domain.edits import pointer
from finetune_studio.formats.json_reader import Node, NodeKind, position_at, walk


@dataclass(frozen=True, slots=True)
class Spot:
    """`path` is a JSON Pointer from the root; `column` counts code points of the line from 1."""

    path: str
    text: str
    column: int


def repeated_keys(node: Node) -> Iterator[Spot]:
    """Each key that stands in its object for the second time or later."""
    for path, child in walk(node):
        seen: set[str] = set()
        for member in child.members:
            if member.key in seen:
                column = position_at(node.source, member.key_start).column
                yield Spot(pointer(*path, member.key), member.key, column)
            seen.add(member.key)


def lossy_numbers(node: Node) -> Iterator[Spot]:
    """Numbers that a reader with doubles and 64-bit integers cannot keep, NaN and Infinity among them."""
    for path, child in walk(node):
        if child.kind is NodeKind.NUMBER and _is_lossy(child.raw.decode("ascii")):
            yield Spot(
                pointer(*path), child.raw.decode("ascii"), position_at(node.source, child.start).column
            )


def _is_lossy(text: str) -> bool:
    if text.lstrip("-").isdigit():
        return len(text) > 20 or not -(2**63) <= int(text) < 2**64
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        return True
    digits = text.lower().partition("e")[0].replace(".", "").lstrip("-0")
    if value == 0.0:
        return digits != ""
    return len(digits.rstrip("0")) > 17
