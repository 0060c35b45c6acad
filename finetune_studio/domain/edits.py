"""Edits: described changes of one example's JSON.

The editor, the fixes and the bulk operations all speak in these. Applied to an example's bytes
(formats.patch) an edit rewrites only the values it names; every other byte stays as it was. Undo
needs no inverse of them: the history keeps the earlier body.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any


class JsonText(str):
    """A value that is JSON text already: it goes into the line spelled as it is, white space aside."""

    __slots__ = ()


class EditOp(StrEnum):
    REPLACE = "replace"
    """Write `value` at `path`, adding the key when an object lacks it."""
    REMOVE = "remove"
    """Remove the key or list item at `path`; of a doubled key all, or only the one numbered `start`."""
    ADD = "add"
    """Insert `value` into the list before the index that `path` ends with ("-" or the length: at the end)."""
    MOVE = "move"
    """Move the list item or key at `path` to `to` (the index after removal, as in JSON Patch)."""
    SPLICE = "splice"
    """Replace code points `start` to `end` of the string at `path` by `value`."""
    RENAME = "rename"
    """Give the key at `path` the name `value`, at its place."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change. `path` and `to` are JSON Pointers (RFC 6901) from the example's root."""

    op: EditOp
    path: str
    value: Any = None
    to: str = ""
    start: int | None = None
    end: int | None = None

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return Edit, (self.op, self.path, self.value, self.to, self.start, self.end)


def pointer(*parts: str | int) -> str:
    """Build a JSON Pointer: `pointer("messages", 2, "content")` is `/messages/2/content`."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def pointer_parts(path: str) -> list[str]:
    """Split a JSON Pointer into its unescaped parts; raises ValueError where it is malformed."""
    return list(_parts(path))


@lru_cache(maxsize=4096)
def _parts(path: str) -> tuple[str, ...]:
    """A change of many examples asks for the same few paths over and over."""
    if path == "":
        return ()
    if not path.startswith("/"):
        raise ValueError(f"not a JSON Pointer: {path!r}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in path[1:].split("/"))
