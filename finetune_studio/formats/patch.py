"""Applies edits to the bytes of an example: only the values that they name are written anew."""

from collections.abc import Callable, Sequence

from finetune_studio.domain.edits import Edit, EditOp, JsonText, pointer_parts
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.edit_tree import Entry, TreeValue, to_bytes
from finetune_studio.formats.json_layout import on_one_line
from finetune_studio.formats.json_node import NodeKind, list_index
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import JsonStyle, encode_value, style_of
from finetune_studio.formats.string_splice import splice

_ADVICE = "The example was changed meanwhile; look at it again."


def apply_edits(body: bytes, edits: Sequence[Edit]) -> bytes:
    """Apply edits in order, each to the result of those before; no edits give the same bytes.

    The line end and every value that no edit names stay as they are, byte for byte. Where a key is
    there more than once, REPLACE and SPLICE change the last (the one that counts), RENAME and REMOVE
    take all, and REMOVE with `start` takes only that occurrence (0 is the first). Raises InputError
    when the body is not JSON or a path is not there; nothing is half applied.
    """
    if not edits:
        return body
    root = parse(body)
    document = _Document(body, root.start, root.end, TreeValue(root), style_of(body, root))
    for edit in edits:
        document.apply(edit)
    return document.to_bytes()


class _Document:
    def __init__(self, body: bytes, start: int, end: int, root: TreeValue, style: JsonStyle) -> None:
        self._before, self._after = body[:start], body[end:]
        self._root = root
        self._style = style
        self._separator_space = style.item_separator[style.item_separator.index(",") + 1 :].encode()
        self._actions: dict[EditOp, Callable[[Edit], None]] = {
            EditOp.REPLACE: self._replace,
            EditOp.REMOVE: self._remove,
            EditOp.ADD: self._add,
            EditOp.MOVE: self._move,
            EditOp.SPLICE: self._splice,
            EditOp.RENAME: self._rename,
        }

    def to_bytes(self) -> bytes:
        return self._before + to_bytes(self._root) + self._after

    def apply(self, edit: Edit) -> None:
        self._actions[edit.op](edit)

    def _encode(self, value: object) -> TreeValue:
        if isinstance(value, JsonText):
            return TreeValue.of(on_one_line(parse(value.encode("utf-8", "surrogatepass")), self._style))
        return TreeValue.of(encode_value(value, self._style))

    def _parent(self, path: str) -> tuple[TreeValue, str]:
        """The container that holds what `path` names, and the last part of the path."""
        parts = _parts(path)
        if not parts:
            raise InputError("This edit cannot be made to an example as a whole.")
        value = self._root
        for part in parts[:-1]:
            value = value.entries[_index_in(value, part, path)].value
        if value.kind not in (NodeKind.OBJECT, NodeKind.ARRAY):
            raise _not_there(path)
        return value, parts[-1]

    def _replace(self, edit: Edit) -> None:
        new = self._encode(edit.value)
        if edit.path == "":
            self._root = new
            return
        parent, last = self._parent(edit.path)
        if parent.kind is NodeKind.OBJECT:
            self._set_key(parent, last, new)
        else:
            parent.entries[_index_in(parent, last, edit.path)].value = new

    def _set_key(self, parent: TreeValue, key: str, value: TreeValue) -> None:
        for entry in reversed(parent.entries):
            if entry.key == key:
                entry.value = value
                return
        colon = parent.entries[-1].colon if parent.entries else self._style.key_separator.encode()
        raw = encode_value(key, self._style)
        entry = Entry(b"", value, key=key, key_raw=raw, colon=colon)
        parent.insert(len(parent.entries), entry, self._separator_space)

    def _remove(self, edit: Edit) -> None:
        self._take(edit.path, edit.start)

    def _take(self, path: str, occurrence: int | None = None) -> TreeValue:
        """Take out the value at `path`; of a key that is there twice, all go and the last is given."""
        parent, last = self._parent(path)
        if parent.kind is NodeKind.ARRAY:
            return parent.remove(_index_in(parent, last, path)).value
        indices = [index for index, entry in enumerate(parent.entries) if entry.key == last]
        if occurrence is not None:
            indices = indices[occurrence : occurrence + 1] if occurrence >= 0 else []
        if not indices:
            raise _not_there(path)
        removed = [parent.remove(index) for index in reversed(indices)]
        return removed[0].value

    def _add(self, edit: Edit) -> None:
        self._put(edit.path, self._encode(edit.value))

    def _put(self, path: str, value: TreeValue) -> None:
        parent, last = self._parent(path)
        if parent.kind is NodeKind.OBJECT:
            self._set_key(parent, last, value)
            return
        count = len(parent.entries)
        index = count if last == "-" else list_index(last)
        if index is None or index > count:
            raise _not_there(path)
        parent.insert(index, Entry(b"", value), self._separator_space)

    def _move(self, edit: Edit) -> None:
        if edit.to == edit.path:
            self._parent(edit.path)
            return
        if _parts(edit.to)[: len(_parts(edit.path))] == _parts(edit.path):
            raise InputError("A value cannot be moved into itself.")
        self._put(edit.to, self._take(edit.path))

    def _splice(self, edit: Edit) -> None:
        if not isinstance(edit.value, str):
            raise InputError("Only text can be put into a text.")
        if edit.path == "":
            self._root = self._spliced(self._root, edit)
            return
        parent, last = self._parent(edit.path)
        entry = parent.entries[_index_in(parent, last, edit.path)]
        entry.value = self._spliced(entry.value, edit)

    def _spliced(self, value: TreeValue, edit: Edit) -> TreeValue:
        if value.kind is not NodeKind.STRING:
            raise InputError(f"There is no text at {edit.path}.", _ADVICE)
        return TreeValue.of(splice(value.raw, edit.start, edit.end, edit.value, self._style))

    def _rename(self, edit: Edit) -> None:
        parent, last = self._parent(edit.path)
        if not isinstance(edit.value, str) or parent.kind is not NodeKind.OBJECT:
            raise InputError(f"There is no key to rename at {edit.path}.", _ADVICE)
        keys = [entry.key for entry in parent.entries]
        if last not in keys:
            raise _not_there(edit.path)
        if edit.value != last and edit.value in keys:
            raise InputError(f"There is already a key “{edit.value}” beside “{last}”.")
        raw = encode_value(edit.value, self._style)
        for entry in parent.entries:
            if entry.key == last:
                entry.key, entry.key_raw = edit.value, raw


def _parts(path: str) -> list[str]:
    try:
        return pointer_parts(path)
    except ValueError as error:
        raise InputError(f"{path!r} is not a JSON Pointer.") from error


def _not_there(path: str) -> InputError:
    return InputError(f"There is nothing at {path} in this example.", _ADVICE)


def _index_in(value: TreeValue, part: str, path: str) -> int:
    """The index of the entry that `part` names (the last one of a key); raises InputError."""
    if value.kind is NodeKind.ARRAY:
        index = list_index(part)
        if index is not None and index < len(value.entries):
            return index
    elif value.kind is NodeKind.OBJECT:
        for index in range(len(value.entries) - 1, -1, -1):
            if value.entries[index].key == part:
                return index
    raise _not_there(path)
