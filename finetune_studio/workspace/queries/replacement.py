"""A replacement with groups, taken apart once instead of at every hit."""

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any

_PART = re.compile(r"\\(?:(?P<number>[1-9])(?!\d)|g<(?P<name>[^<>]+)>|(?P<slash>\\))|(?P<text>[^\\]+)")

Expand = Callable[[tuple[str, ...]], str]
"""`match.groups("")` -> what comes in the place of the match."""


def expander_of(replacement: str, pattern: Any) -> Expand | None:
    """None where the replacement holds more than groups and backslashes."""
    pieces: list[str] = []
    numbers: list[int] = []
    at = 0
    while at < len(replacement):
        found = _PART.match(replacement, at)
        if found is None:
            return None
        at = found.end()
        if found["text"] is not None or found["slash"]:
            pieces.append((found["text"] or "\\").replace("%", "%%"))
            continue
        name = found["name"] or found["number"]
        number = int(name) if name.isdecimal() else pattern.groupindex.get(name, 0)
        if not 0 < number <= pattern.groups:
            return None
        pieces.append("%s")
        numbers.append(number - 1)
    form = "".join(pieces)
    if not numbers:
        text = form % ()
        return lambda _groups: text
    chosen = itemgetter(*numbers)
    return lambda groups: form % chosen(groups)
