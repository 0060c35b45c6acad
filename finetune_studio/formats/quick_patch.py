"""Edits of many examples: a fast way for lines that are spelled as an encoder would spell them.

Where encoding a line's value gives the line back byte for byte, encoding the edited value gives what
patch.apply_edits would: every value that no edit names keeps its bytes. Other lines take the slow way.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from finetune_studio.domain.edits import Edit, EditOp, JsonText, pointer_parts
from finetune_studio.formats.json_node import list_index
from finetune_studio.formats.patch import apply_edits

_Encode = Callable[[Any], str]

_ENCODERS: tuple[_Encode, ...] = tuple(
    json.JSONEncoder(ensure_ascii=ascii_only, separators=separators, allow_nan=False).encode
    for ascii_only in (False, True)
    for separators in ((", ", ": "), (",", ":"))
)


class _NotQuickError(Exception):
    """This edit or this line needs the slow way."""


class QuickPatcher:
    """Tries first the spelling that fitted the last line; for one dataset's lines in a row."""

    def __init__(self) -> None:
        self._encoders = list(_ENCODERS)

    def apply(self, body: bytes, edits: Sequence[Edit]) -> bytes:
        """As patch.apply_edits, byte for byte; about ten times as fast for ordinary lines."""
        if not edits:
            return body
        try:
            return self._apply(body, edits)
        except (_NotQuickError, ValueError, TypeError, RecursionError):
            return apply_edits(body, edits)

    def _apply(self, body: bytes, edits: Sequence[Edit]) -> bytes:
        value = orjson.loads(body)
        encode, start, end = self._spelling(body, value)
        for edit in edits:
            _apply_to_value(value, edit)
        return body[:start] + encode(value).encode("utf-8") + body[end:]

    def _spelling(self, body: bytes, value: Any) -> tuple[_Encode, int, int]:
        text = body.strip(b" \t\r\n")
        if b"\\u007f" in text:  # Encoders differ on whether it is an escape of ASCII.
            raise _NotQuickError
        start = body.index(text)
        for place, encode in enumerate(self._encoders):
            if encode(value).encode("utf-8") == text:
                if place:
                    self._encoders.insert(0, self._encoders.pop(place))
                plain = _ENCODERS[_ENCODERS.index(encode) % 2]
                if encode is not plain and plain(value).encode("utf-8") == text:
                    encode = plain  # The line shows no escape of a character outside of ASCII.
                return encode, start, start + len(text)
        raise _NotQuickError


def _apply_to_value(value: Any, edit: Edit) -> None:
    parts = pointer_parts(edit.path)
    if not parts or isinstance(edit.value, JsonText):
        raise _NotQuickError
    for part in parts[:-1]:
        value = value[_key(value, part)]
    last = parts[-1]
    if edit.op is EditOp.REPLACE:
        value[last if isinstance(value, dict) else _key(value, last)] = edit.value
    elif edit.op is EditOp.SPLICE:
        key = _key(value, last)
        text = value[key]
        start = 0 if edit.start is None else edit.start
        end = len(text) if edit.end is None else edit.end
        if not isinstance(text, str) or not isinstance(edit.value, str) or not 0 <= start <= end <= len(text):
            raise _NotQuickError
        value[key] = text[:start] + edit.value + text[end:]
    elif edit.op is EditOp.ADD and isinstance(value, list) and list_index(last) is not None:
        index = int(last)
        if index > len(value):
            raise _NotQuickError
        value.insert(index, edit.value)
    elif edit.op is EditOp.REMOVE and edit.start is None:
        del value[_key(value, last)]
    else:
        raise _NotQuickError


def _key(value: Any, part: str) -> Any:
    """The key or index that a part of a pointer names in a container that has it."""
    if isinstance(value, dict):
        if part in value:
            return part
    elif isinstance(value, list):
        index = list_index(part)
        if index is not None and index < len(value):
            return index
    raise _NotQuickError
