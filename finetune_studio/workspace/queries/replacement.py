"""A replacement with groups, taken apart once instead of at every hit."""

import re
from typing import Any

_PART = re.compile(r"\\(?:(?P<number>[1-9])(?!\d)|g<(?P<name>[^<>]+)>|(?P<slash>\\))|(?P<text>[^\\]+)")


def template_of(replacement: str, pattern: Any) -> list[str | int] | None:
    """Texts and places in `match.groups()`; None where it holds more than groups and backslashes."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        found = _PART.match(replacement, at)
        if found is None:
            return None
        at = found.end()
        if found["text"] is not None:
            parts.append(found["text"])
        elif found["slash"]:
            parts.append("\\")
        else:
            name = found["name"] or found["number"]
            number = int(name) if name.isdecimal() else pattern.groupindex.get(name, 0)
            if not 0 < number <= pattern.groups:
                return None
            parts.append(number - 1)
    return parts
