"""JSON that is not one value a line: a list of examples, or values printed over several lines."""

import re
from collections.abc import Iterator

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{},]', re.DOTALL)
_LINE_BREAK = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[ \t]*[\r\n][ \t\r\n]*', re.DOTALL)
_SPACES = b" \t\r\n"


def split_values(data: bytes) -> Iterator[tuple[int, int]]:
    """The byte ranges of the items of a JSON list, or of JSON objects one after the other.

    Broken items are given as they are, for the reader to say what is wrong; what stands behind the end
    of the list is given as an item too.
    """
    start = len(data) - len(data.lstrip(_SPACES))
    in_list = data[start : start + 1] == b"["
    depth = 0
    if in_list:
        start += 1
    for match in _TOKEN.finditer(data, start):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
            if depth == 0 and not in_list:
                yield _stripped(data, start, match.end())
                start = match.end()
            elif depth < 0:
                if in_list:
                    yield from _unless_blank(data, start, match.start())
                    yield from _unless_blank(data, match.end(), len(data))
                    return
                depth = 0
        elif token == b"," and depth == 0 and in_list:
            yield _stripped(data, start, match.start())
            start = match.end()
    yield from _unless_blank(data, start, len(data))


def on_one_line(data: bytes) -> bytes:
    """The same JSON without line breaks between its values; everything else stays as it is spelled."""
    if b"\n" not in data and b"\r" not in data:
        return data
    return _LINE_BREAK.sub(_join, data)


def _join(match: re.Match[bytes]) -> bytes:
    found = match[0]
    if found.startswith(b'"'):
        return found
    before = match.string[match.start() - 1 : match.start()]
    return b" " if before in (b",", b":") else b""


def _stripped(data: bytes, start: int, end: int) -> tuple[int, int]:
    inner = data[start:end]
    first = start + len(inner) - len(inner.lstrip(_SPACES))
    return first, max(first, start + len(inner.rstrip(_SPACES)))


def _unless_blank(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    first, last = _stripped(data, start, end)
    if last > first:
        yield first, last
