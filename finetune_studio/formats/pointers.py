"""JSON Pointers of the messages of an example, by their place in reading order."""

from typing import Any

from finetune_studio.domain.edits import pointer
from finetune_studio.domain.example import PreferencePair, Record

PAIR_LISTS: tuple[tuple[str | int, ...], ...] = (
    ("input", "messages"),
    ("preferred_output",),
    ("non_preferred_output",),
)
"""The message lists of a preference pair in reading order."""


def message_pointer(record: Record, message_index: int) -> str:
    """`/messages/2`, `/input/messages/0`, `/preferred_output/0`; raises IndexError."""
    if isinstance(record, PreferencePair):
        return _pair_pointer(
            (len(record.input.messages), len(record.preferred), len(record.non_preferred)), message_index
        )
    return _plain_pointer(len(record.messages), message_index)


def message_pointer_of_value(value: dict[str, Any], message_index: int) -> str:
    """As message_pointer, for the parsed JSON of an example."""
    messages = value.get("messages")
    if isinstance(messages, list):
        return _plain_pointer(len(messages), message_index)
    given = value.get("input")
    lists = (
        given.get("messages") if isinstance(given, dict) else None,
        value.get("preferred_output"),
        value.get("non_preferred_output"),
    )
    return _pair_pointer(tuple(len(x) if isinstance(x, list) else 0 for x in lists), message_index)


def field_pointer(record: Record, message_index: int | None, field: str) -> str:
    """The pointer from the example's root for a diagnostic's `message_index` and `field`."""
    return field if message_index is None else message_pointer(record, message_index) + field


def _plain_pointer(count: int, index: int) -> str:
    if not 0 <= index < count:
        raise IndexError(f"no message {index} among {count}")
    return pointer("messages", index)


def _pair_pointer(counts: tuple[int, ...], index: int) -> str:
    rest = index
    for parts, count in zip(PAIR_LISTS, counts, strict=True):
        if 0 <= rest < count:
            return pointer(*parts, rest)
        rest -= count
    raise IndexError(f"no message {index} among {sum(counts)}")
