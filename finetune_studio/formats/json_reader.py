"""Our own strict JSON parser: it keeps spans, duplicate keys and the spelling of numbers.

Used where bytes matter (edits, the checks for duplicate keys and numbers, error places); what only
reads goes through orjson (see records.loads). RFC 8259; the depth limit is orjson's.
"""

import re

from finetune_studio.formats.json_diagnosis import explain
from finetune_studio.formats.json_errors import JsonSyntaxError, Position, SyntaxProblem, position_at
from finetune_studio.formats.json_node import Member, Node, NodeKind, decode_string, list_index, walk

__all__ = [
    "MAX_DEPTH",
    "JsonSyntaxError",
    "Member",
    "Node",
    "NodeKind",
    "Position",
    "SyntaxProblem",
    "decode_string",
    "list_index",
    "parse",
    "position_at",
    "position_of",
    "walk",
]

MAX_DEPTH = 1024
"""Deepest nesting that is read, as in orjson."""

_SPACE = rb"[ \t\n\r]*+"
_STRING_BODY = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_VALUE = re.compile(
    _SPACE + rb'(?:(?P<string>"' + _STRING_BODY + rb'")'
    rb"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?)"
    rb"|(?P<open>[\[{])|(?P<word>true|false|null))"
)
_KEY = re.compile(_SPACE + rb'("' + _STRING_BODY + rb'")' + _SPACE + rb":")
_TEXT_MEMBER = re.compile(
    _SPACE
    + rb'("'
    + _STRING_BODY
    + rb'")'
    + _SPACE
    + rb":"
    + _SPACE
    + rb'("'
    + _STRING_BODY
    + rb'")'
    + _SPACE
    + rb"[,}]"
)
_NEXT = re.compile(_SPACE + rb"([,\]}])")
_CLOSE = re.compile(_SPACE + rb"([\]}])")
_END = re.compile(_SPACE + rb"\Z")
_NOT_FINITE = re.compile(_SPACE + rb"(NaN|-?Infinity)\b")
_WORDS = {b"true": NodeKind.TRUE, b"false": NodeKind.FALSE, b"null": NodeKind.NULL}
_CLOSING = {NodeKind.OBJECT: b"}", NodeKind.ARRAY: b"]"}
_OBJECT, _ARRAY, _STRING, _NUMBER = NodeKind.OBJECT, NodeKind.ARRAY, NodeKind.STRING, NodeKind.NUMBER


def parse(data: bytes, *, allow_not_finite: bool = False) -> Node:
    """Parse one JSON text (UTF-8, no BOM).

    With `allow_not_finite`, NaN, Infinity and -Infinity are numbers, so that the rest of such a line
    can be judged. Raises JsonSyntaxError with the place.
    """
    _require_utf8(data)
    root, position = _parse_value(data, 0, allow_not_finite)
    if _END.match(data, position) is None:
        raise explain(data, position, "end")
    return root


def position_of(root: Node, path: str) -> Position | None:
    """Where the value named by a JSON Pointer begins, or None when it is not there."""
    node = root.at(path)
    return None if node is None else position_at(node.source, node.start)


def _require_utf8(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = " ".join(f"{byte:02X}" for byte in data[error.start : error.start + 3])
        raise JsonSyntaxError(
            f"the bytes {found} are not UTF-8 text",
            position_at(data, error.start),
            SyntaxProblem.ENCODING,
            "Save the file as UTF-8, or choose its encoding when importing.",
        ) from error


def _parse_value(data: bytes, position: int, allow_not_finite: bool) -> tuple[Node, int]:
    """Parse a value with all that it holds, without recursion; returns it and where it ends."""
    stack: list[Node] = []
    members: list[Member] = []
    items: list[Node] = []
    root: Node | None = None
    while True:
        depth = len(stack)
        if depth and stack[-1].kind is _OBJECT:
            position, closed = _read_text_members(data, position, members)
            if closed:
                stack.pop().end = position
            else:
                key, start, end, position = _read_key(data, position)
                node = _read_value(data, position, allow_not_finite)
                members.append(Member(key, start, end, node))
        else:
            closed = False
            node = _read_value(data, position, allow_not_finite)
            items.append(node)
            root = root or node
        if not closed:
            position = node.end
            if node.kind is _OBJECT or node.kind is _ARRAY:
                if depth >= MAX_DEPTH:
                    raise _too_deep(data, node.start)
                close = _CLOSE.match(data, position)
                if close is None or close[1] != _CLOSING[node.kind]:
                    stack.append(node)
                    members, items = [], []
                    if node.kind is _OBJECT:
                        node.members = members
                    else:
                        node.items = items
                    continue
                position = node.end = close.end()
        position = _close_finished(data, position, stack)
        if not stack and root is not None:
            return root, position
        if len(stack) != depth:
            members, items = _lists_of(stack)


def _read_text_members(data: bytes, position: int, members: list[Member]) -> tuple[int, bool]:
    """Read members as long as their values are texts, the commonest; says whether the object ended."""
    while match := _TEXT_MEMBER.match(data, position):
        start, end = match.span(1)
        value_start, value_end = match.span(2)
        value = Node(data, _STRING, value_start, value_end)
        members.append(Member(decode_string(match[1]), start, end, value))
        position = match.end()
        if data[position - 1] == 0x7D:
            return position, True
    return position, False


def _close_finished(data: bytes, position: int, stack: list[Node]) -> int:
    """Behind a value: close the containers that end here, up to a comma or the end of the outermost."""
    while stack:
        parent = stack[-1]
        follows = _NEXT.match(data, position)
        if follows is None or follows[1] not in (b",", _CLOSING[parent.kind]):
            raise explain(data, position, f"next in {parent.kind}")
        position = follows.end()
        if follows[1] == b",":
            break
        parent.end = position
        stack.pop()
    return position


def _lists_of(stack: list[Node]) -> tuple[list[Member], list[Node]]:
    """Where what comes next in the innermost open container goes."""
    members: list[Member] = []
    items: list[Node] = []
    if stack:
        top = stack[-1]
        if isinstance(top.members, list):
            members = top.members
        elif isinstance(top.items, list):
            items = top.items
    return members, items


def _read_value(data: bytes, position: int, allow_not_finite: bool) -> Node:
    """Read a scalar, or the opening bracket of a container (its end is then set when it closes)."""
    match = _VALUE.match(data, position)
    if match is not None:
        group = match.lastgroup
        start, end = match.span(group or 0)
        if group == "string":
            return Node(data, _STRING, start, end)
        if group == "number":
            return Node(data, _NUMBER, start, end)
        if group == "open":
            return Node(data, _OBJECT if data[start] == 0x7B else _ARRAY, start, end)
        return Node(data, _WORDS[match["word"]], start, end)
    special = _NOT_FINITE.match(data, position)
    if special is None:
        raise explain(data, position, "value")
    if not allow_not_finite:
        word = special[1].decode("ascii")
        raise JsonSyntaxError(
            f"{word} is not a JSON value", position_at(data, special.start(1)), SyntaxProblem.NOT_FINITE
        )
    return Node(data, _NUMBER, special.start(1), special.end(1))


def _read_key(data: bytes, position: int) -> tuple[str, int, int, int]:
    """The key, its span, and where its value begins."""
    match = _KEY.match(data, position)
    if match is None:
        raise explain(data, position, "key")
    return decode_string(match[1]), match.start(1), match.end(1), match.end()


def _too_deep(data: bytes, start: int) -> JsonSyntaxError:
    return JsonSyntaxError(
        f"more than {MAX_DEPTH:,} levels inside each other",
        position_at(data, start),
        SyntaxProblem.TOO_DEEP,
    )
