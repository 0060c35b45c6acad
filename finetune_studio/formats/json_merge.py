"""An example's JSON over several lines for editing, and the way back to its own bytes.

Scalars and keys keep their spelling in both directions, duplicate keys stay. On the way back, whatever
was not edited is taken from the bytes the example had, white space included.
"""

import re

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.edit_tree import Entry, TreeValue, to_bytes
from finetune_studio.formats.json_layout import on_one_line, pretty
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import JsonStyle, style_of

_STRING_OR_SPACE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[ \t\r\n]++', re.DOTALL)


def lay_out(body: bytes) -> str:
    """The JSON of a line, indented; raises JsonSyntaxError when it is none, InputError when too deep."""
    return pretty(parse(body))


def take_layout(text: str, body: bytes) -> bytes:
    """The bytes of the line after its laid-out text was edited to `text`; without an edit, the same bytes.

    Raises JsonSyntaxError with the place in `text` when it is not JSON. The line end stays.
    """
    new = parse(text.encode("utf-8", "surrogatepass"))
    try:
        old = parse(body)
    except InputError:
        return on_one_line(new) + _line_end(body)
    style = style_of(body, old)
    tree = TreeValue(old)
    try:
        tree = _merged(tree, old, new, style)
        merged = to_bytes(tree)
    except RecursionError as error:
        raise InputError("This example is nested too deeply to be edited.") from error
    return body[: old.start] + merged + body[old.end :]


def _line_end(body: bytes) -> bytes:
    return body[len(body.rstrip(b"\r\n")) :] or b"\n"


def _merged(tree: TreeValue, old: Node, new: Node, style: JsonStyle) -> TreeValue:
    """`tree` is the value of `old`; it is changed where `new` differs, or given up for a fresh one."""
    if _compact(old.raw) == _compact(new.raw):
        return tree
    if old.kind is NodeKind.OBJECT and new.kind is NodeKind.OBJECT and old.members:
        _merge_members(tree, old, new, style)
        return tree
    if old.kind is NodeKind.ARRAY and new.kind is NodeKind.ARRAY and old.items:
        _merge_items(tree, old, new, style)
        return tree
    return _fresh(new, style)


def _merge_members(tree: TreeValue, old: Node, new: Node, style: JsonStyle) -> None:
    before = [_compact(old.source[m.key_start : m.key_end]) for m in old.members]
    after = [_compact(new.source[m.key_start : m.key_end]) for m in new.members]
    values = [member.value for member in new.members]
    start, end = _shared_ends(before, after)
    for number in (*range(start), *range(len(before) - end, len(before))):
        place = number if number < start else number - len(before) + len(after)
        entry = tree.entries[number]
        entry.value = _merged(entry.value, old.members[number].value, values[place], style)
    spare: dict[bytes, list[tuple[TreeValue, Node]]] = {}
    for number in range(start, len(before) - end):
        spare.setdefault(before[number], []).append((tree.entries[number].value, old.members[number].value))
    colon = tree.entries[0].colon
    for number in reversed(range(start, len(before) - end)):
        tree.remove(number)
    space = _space_after_comma(style)
    for number in range(start, len(after) - end):
        known = spare.get(after[number])
        value = values[number]
        kept = _merged(*known.pop(0), value, style) if known else _fresh(value, style)
        member = new.members[number]
        entry = Entry(b"", kept, key=member.key, key_raw=after[number], colon=colon)
        tree.insert(number, entry, space)


def _merge_items(tree: TreeValue, old: Node, new: Node, style: JsonStyle) -> None:
    before = [_compact(item.raw) for item in old.items]
    after = [_compact(item.raw) for item in new.items]
    start, end = _shared_ends(before, after)
    last_old, last_new = len(before) - end, len(after) - end
    if last_old - start == last_new - start:
        for number in range(start, last_old):
            entry = tree.entries[number]
            entry.value = _merged(entry.value, old.items[number], new.items[number], style)
        return
    spare: dict[bytes, list[TreeValue]] = {}
    for number in range(start, last_old):
        spare.setdefault(before[number], []).append(tree.entries[number].value)
    for number in reversed(range(start, last_old)):
        tree.remove(number)
    for number in range(start, last_new):
        known = spare.get(after[number])
        kept = known.pop(0) if known else _fresh(new.items[number], style)
        tree.insert(number, Entry(b"", kept), _space_after_comma(style))


def _shared_ends(before: list[bytes], after: list[bytes]) -> tuple[int, int]:
    limit = min(len(before), len(after))
    start = next((n for n in range(limit) if before[n] != after[n]), limit)
    rest = limit - start
    end = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
    return start, end


def _fresh(node: Node, style: JsonStyle) -> TreeValue:
    """A value that the example did not have, spelled as the line is."""
    return TreeValue.of(on_one_line(node, style))


def _space_after_comma(style: JsonStyle) -> bytes:
    return style.item_separator.partition(",")[2].encode()


def _compact(raw: bytes) -> bytes:
    """The JSON without white space between its parts."""
    return _STRING_OR_SPACE.sub(lambda match: match[0] if match[0][:1] == b'"' else b"", raw)
