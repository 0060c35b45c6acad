"""A line as a tree that is rewritten only where it is changed.

Values nobody touched are slices of the bytes they came from; a container is taken apart into its
entries, with the white space around each, only when an edit goes through it.
"""

from dataclasses import dataclass

from finetune_studio.domain.errors import InputError
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse


@dataclass(slots=True, eq=False)
class Entry:
    """A list item or a key with its value.

    `before` is the white space behind the bracket or comma, `after` that in front of the next one;
    `key_raw` and `colon` (the colon with its white space) are empty in lists.
    """

    before: bytes
    value: "TreeValue"
    after: bytes = b""
    key: str | None = None
    key_raw: bytes = b""
    colon: bytes = b""


class TreeValue:
    """One value of the tree."""

    __slots__ = ("_entries", "_inner_space", "_node")

    def __init__(self, node: Node) -> None:
        self._node = node
        self._entries: list[Entry] | None = None
        self._inner_space = b""

    @classmethod
    def of(cls, raw: bytes) -> "TreeValue":
        """A value from JSON text."""
        return cls(parse(raw))

    @property
    def kind(self) -> NodeKind:
        return self._node.kind

    @property
    def raw(self) -> bytes:
        """The bytes of a value that holds no others."""
        return self._node.raw

    @property
    def entries(self) -> list[Entry]:
        """The entries of a container, to be changed in place through insert and remove."""
        if self._entries is None:
            self._entries = self._take_apart()
        return self._entries

    def _take_apart(self) -> list[Entry]:
        node, source = self._node, self._node.source
        entries: list[Entry] = []
        place = node.start + 1
        if node.kind is NodeKind.OBJECT:
            for member in node.members:
                entries.append(
                    Entry(
                        source[place : member.key_start],
                        TreeValue(member.value),
                        key=member.key,
                        key_raw=source[member.key_start : member.key_end],
                        colon=source[member.key_end : member.value.start],
                    )
                )
                place = member.value.end
                place = self._end_entry(entries[-1], place)
        else:
            for item in node.items:
                entries.append(Entry(source[place : item.start], TreeValue(item)))
                place = self._end_entry(entries[-1], item.end)
        if not entries:
            self._inner_space = source[place : node.end - 1]
        return entries

    def _end_entry(self, entry: Entry, end: int) -> int:
        """Give the entry the white space behind it; returns where the next one begins."""
        source = self._node.source
        place = end
        while source[place] in b" \t\n\r":
            place += 1
        entry.after = source[end:place]
        return place + 1

    def insert(self, index: int, entry: Entry, separator_space: bytes) -> None:
        """Insert with the spacing of the neighbours; `separator_space` is for a list of one."""
        entries = self.entries
        if not entries:
            # Inner white space of an empty container goes around what is put there.
            entry.before, entry.after = self._inner_space, self._inner_space
            self._inner_space = b""
        elif index == 0:
            entry.before, entry.after = entries[0].before, b""
            entries[0].before = entries[1].before if len(entries) > 1 else separator_space
        elif index == len(entries):
            entry.before = entries[-1].before if len(entries) > 1 else separator_space
            entry.after = entries[-1].after
            entries[-1].after = entries[-2].after if len(entries) > 1 else b""
        else:
            entry.before, entry.after = entries[index].before, entries[index].after
        entries.insert(index, entry)

    def remove(self, index: int) -> Entry:
        """Take an entry out with its comma; the neighbours keep the spacing of their new places."""
        entries = self.entries
        entry = entries.pop(index)
        if entries and index == 0:
            entries[0].before = entry.before
        if entries and index == len(entries):
            entries[-1].after = entry.after
        return entry

    def render(self, out: list[bytes]) -> None:
        """Append the bytes of the value; goes down only where the tree was taken apart."""
        entries = self._entries
        if entries is None:
            out.append(self._node.raw)
            return
        opening, closing = (b"{", b"}") if self.kind is NodeKind.OBJECT else (b"[", b"]")
        out.append(opening)
        if not entries:
            out.append(self._inner_space)
        for index, entry in enumerate(entries):
            if index:
                out.append(b",")
            out += (entry.before, entry.key_raw, entry.colon)
            entry.value.render(out)
            out.append(entry.after)
        out.append(closing)


def to_bytes(value: TreeValue) -> bytes:
    """The bytes of one value of the tree."""
    out: list[bytes] = []
    try:
        value.render(out)
    except RecursionError as error:
        raise InputError("This example is nested too deeply to be edited.") from error
    return b"".join(out)
