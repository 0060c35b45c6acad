"""Says in plain words why a text is not JSON, once the parser has found that it is not."""

import re

from finetune_studio.formats.json_errors import JsonSyntaxError, position_at

_SPACE = re.compile(rb"[ \t\n\r]*")
_STRING_PART = re.compile(rb'[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_NUMBER_LIKE = re.compile(rb"[-+]?[0-9.][0-9.eE+-]*")
_WORD = re.compile(rb"[A-Za-z_][A-Za-z_0-9]*")
_PYTHON_WORDS = {b"True": "true", b"False": "false", b"None": "null", b"undefined": "null"}
_BOM = b"\xef\xbb\xbf"


def explain(data: bytes, position: int, expected: str) -> JsonSyntaxError:
    """The error for `position`, where `expected` was not found.

    `expected` is "value", "key", "end", "next in object" or "next in array".
    """
    match = _SPACE.match(data, position)
    place = match.end() if match else position
    rest = data[place : place + 40]
    reason: str | None = None
    before = data[:place].rstrip(b" \t\r\n")[-1:]
    if not rest:
        place, reason = _cut_off(data, position, expected)
    elif rest.startswith(_BOM):
        reason = "a byte order mark (U+FEFF) stands where JSON should be"
    elif rest.startswith((b"//", b"/*", b"#")):
        reason = "JSON has no comments"
    elif expected == "end":
        reason = "something follows the end of the value" + (
            " (is a line break missing between two examples?)" if rest[:1] in (b"{", b"[") else ""
        )
    elif data[place - 1 : place].isdigit():
        reason = _explain_number(data[place - 1 : place + 1])
    elif rest[:1] == b'"' and expected in ("key", "value"):
        place, reason = _explain_string(data, place)
    if reason is None:
        reason = _explain_token(rest, before, expected)
    return JsonSyntaxError(reason, position_at(data, place))


def _cut_off(data: bytes, position: int, expected: str) -> tuple[int, str]:
    """Where the text ends too early: the place is behind its last character, not in the line end."""
    end = len(data.rstrip(b" \t\r\n"))
    if end == 0:
        return 0, "there is nothing here"
    what = {"key": "a key", "value": "a value", "next in object": "} or a comma"}.get(
        expected, "] or a comma"
    )
    return max(end, position), f"the line ends where {what} should follow"


def _explain_string(data: bytes, start: int) -> tuple[int, str | None]:
    """Find what is wrong inside the string that opens at `start`; None when it is the colon after a key."""
    place = start + 1
    while part := _STRING_PART.match(data, place):
        place = part.end()
    found = data[place : place + 1]
    if found == b'"':
        after = _SPACE.match(data, place + 1)
        return (after.end() if after else place + 1), "a colon is missing after the key"
    if found == b"":
        return start, "this text is never closed with a double quote"
    if found == b"\\":
        spelled = data[place : place + 2].decode("utf-8", "replace")
        if spelled == "\\u":
            return place, "\\u needs four hexadecimal digits"
        return place, f"{spelled} is not an escape that JSON knows"
    name = {b"\n": "a line break", b"\t": "a tab", b"\r": "a carriage return"}.get(found)
    spelling = {b"\n": "\\n", b"\t": "\\t", b"\r": "\\r"}.get(found, f"\\u{found[0]:04x}")
    if found in (b"\n", b"\r") and not data[place:].strip():
        return start, "this text is never closed with a double quote"
    return place, f"{name or 'a control character'} inside a text must be written as {spelling}"


def _explain_number(around: bytes) -> str | None:
    """`around` is the last byte that was read as a number and the one that does not fit behind it."""
    if around[:1] == b"0" and around[1:].isdigit():
        return "a number does not begin with zero"
    if around[1:] in (b".", b"e", b"E", b"+", b"-"):
        return "this is not a number as JSON spells it"
    return None


def _explain_token(rest: bytes, before: bytes, expected: str) -> str:
    first = rest[:1]
    word = _WORD.match(rest)
    if before == b"," and first in (b"}", b"]"):
        return "a comma stands before the closing bracket"
    if first == b"'":
        return "JSON texts stand in double quotes, not single ones"
    if expected == "key":
        return "a key in double quotes should stand here"
    if expected == "value":
        if word and word[0] in _PYTHON_WORDS:
            return f"{word[0].decode()} is not JSON; write {_PYTHON_WORDS[word[0]]}"
        if _NUMBER_LIKE.match(rest):
            return "this is not a number as JSON spells it"
        return "a value should stand here"
    bracket, other = ("}", b"]") if expected == "next in object" else ("]", b"}")
    if first == other:
        return f"{other.decode()} closes what was not opened; {bracket} should stand here"
    return f"a comma or {bracket} should stand here"
