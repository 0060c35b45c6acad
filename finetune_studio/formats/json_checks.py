"""What a JSON text holds that readers lose or refuse, though it is well formed; with places."""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from finetune_studio.domain.edits import pointer
from finetune_studio.formats.json_errors import Position, position_at
from finetune_studio.formats.json_node import Node, NodeKind, decode_string, walk

_SMALLEST, _BIGGEST = -(2**63), 2**64 - 1


@dataclass(frozen=True, slots=True)
class DuplicateKey:
    """A key that one object has more than once; `places` are those of the keys, in order.

    `path` names the key; REMOVE edits with `start` = 0, 1, ... take single occurrences.
    """

    path: str
    key: str
    places: tuple[Position, ...]


class NumberLoss(StrEnum):
    NOT_FINITE = "not_finite"
    """NaN or Infinity: not JSON, found when parsed with allow_not_finite."""
    TOO_BIG = "too_big"
    """Beyond what a float holds, such as 1e400: readers make it infinite or refuse it."""
    INTEGER_TOO_BIG = "integer_too_big"
    """A whole number beyond 64 bits: many readers round it."""


@dataclass(frozen=True, slots=True)
class LostNumber:
    path: str
    text: str
    loss: NumberLoss
    place: Position


@dataclass(frozen=True, slots=True)
class OddCharacter:
    """A lone surrogate or U+0000; `index` counts code points in the text (or key) at `path`."""

    path: str
    index: int
    code_point: int
    in_key: bool = False


def find_duplicate_keys(root: Node) -> list[DuplicateKey]:
    """Keys that are twice in one object, in the order of the text."""
    found: list[DuplicateKey] = []
    for path, node in walk(root):
        if len({member.key for member in node.members}) == len(node.members):
            continue
        starts: dict[str, list[int]] = defaultdict(list)
        for member in node.members:
            starts[member.key].append(member.key_start)
        found.extend(
            DuplicateKey(pointer(*path, key), key, tuple(position_at(node.source, start) for start in places))
            for key, places in starts.items()
            if len(places) > 1
        )
    return found


def find_lost_numbers(root: Node) -> list[LostNumber]:
    """Numbers that common readers change or refuse."""
    found: list[LostNumber] = []
    for path, node in walk(root):
        if node.kind is not NodeKind.NUMBER:
            continue
        text = node.raw.decode("ascii")
        loss = _loss_of(text)
        if loss is not None:
            found.append(LostNumber(pointer(*path), text, loss, position_at(node.source, node.start)))
    return found


def find_odd_characters(root: Node) -> list[OddCharacter]:
    """Lone surrogates and U+0000 in texts and keys."""
    found: list[OddCharacter] = []
    for path, node in walk(root):
        if node.kind is NodeKind.STRING:
            found.extend(_odd_in(node.raw, pointer(*path), in_key=False))
        for member in node.members:
            raw = node.source[member.key_start : member.key_end]
            found.extend(_odd_in(raw, pointer(*path, member.key), in_key=True))
    return found


def _odd_in(raw: bytes, path: str, *, in_key: bool) -> list[OddCharacter]:
    if b"\\u" not in raw:  # both must be escaped in well-formed UTF-8 JSON
        return []
    text = decode_string(raw)
    return [
        OddCharacter(path, index, ord(character), in_key)
        for index, character in enumerate(text)
        if character == "\0" or "\ud800" <= character <= "\udfff"
    ]


def _loss_of(text: str) -> NumberLoss | None:
    if text[-1] in "Ny":
        return NumberLoss.NOT_FINITE
    if len(text) < 18 and "e" not in text and "E" not in text:
        return None
    if not text.lstrip("-").isdigit():
        return NumberLoss.TOO_BIG if abs(float(text)) == float("inf") else None
    if len(text) > 20 or not _SMALLEST <= int(text) <= _BIGGEST:
        return NumberLoss.TOO_BIG if abs(float(text)) == float("inf") else NumberLoss.INTEGER_TOO_BIG
    return None
