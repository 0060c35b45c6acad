"""What a person typed where somebody else changed the same words, or took their place away."""

from dataclasses import dataclass, replace
from enum import StrEnum

from finetune_studio.domain.errors import StudioError, UsageError
from finetune_studio.domain.example import Example, PreferencePair, Record, messages_of
from finetune_studio.domain.message import Message
from finetune_studio.ui.write.message_rows import with_text
from finetune_studio.workspace.history import label_text
from finetune_studio.workspace.operations.editing import MessageGoneError
from finetune_studio.workspace.operations.typed_text import TypedText, WrittenText

_SHOWN = 48


class ConflictKind(StrEnum):
    MERGED = "merged"
    """Both changes are in the text."""
    SAME_WORDS = "same words"
    """What was typed stands; the other text is at hand."""
    NO_MESSAGE = "no message"
    NO_EXAMPLE = "no example"
    NOT_WRITTEN = "not written"
    NOTE = "note"
    """The note of an example, which is gone, or which could not be written."""


HOMELESS = (ConflictKind.NO_MESSAGE, ConflictKind.NO_EXAMPLE, ConflictKind.NOT_WRITTEN, ConflictKind.NOTE)
"""What was typed is not in the dataset."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """`theirs` is the other text, "" where there is none; `reason` what changed it or why it failed.

    `record` is the example with the typed text in it, as the person saw it last.
    """

    kind: ConflictKind
    example_id: int
    typed: TypedText
    theirs: str = ""
    reason: str = ""
    record: Record | None = None

    @property
    def words(self) -> str:
        """What happened and what it means."""
        why = f" ({self.reason})" if self.reason else ""
        match self.kind:
            case ConflictKind.MERGED:
                return f"This message was changed while you typed{why}. Both changes are in it."
            case ConflictKind.SAME_WORDS:
                return f"The same words were changed meanwhile{why}. Yours stand."
            case ConflictKind.NO_MESSAGE:
                return f"The message in which you typed is not there any more. {self._waits}"
            case ConflictKind.NO_EXAMPLE:
                return f"The example in which you typed was removed. {self._waits}"
            case ConflictKind.NOTE:
                return f"A note could not be kept. {self.reason} {self._waits}"
            case ConflictKind.NOT_WRITTEN:
                return f"{self.reason} {self._waits}"

    @property
    def _waits(self) -> str:
        text = " ".join(self.typed.text[: 2 * _SHOWN].split())
        cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
        return f"Your text waits here: “{cut}”"


def conflict_of(example: Example, typed: TypedText, written: WrittenText) -> Conflict:
    """What was written met another change."""
    kind = ConflictKind.MERGED if written.is_merged else ConflictKind.SAME_WORDS
    reason = label_text(written.by) if written.by is not None else ""
    place = replace(typed, message_index=written.message_index)
    return Conflict(kind, example.id, place, written.theirs or "", reason)


def homeless(example: Example, typed: TypedText, error: StudioError) -> Conflict:
    """What was typed could not be written."""
    kind = ConflictKind.NOT_WRITTEN
    if isinstance(error, MessageGoneError):
        kind = ConflictKind.NO_MESSAGE
    elif isinstance(error, UsageError):
        kind = ConflictKind.NO_EXAMPLE
    reason = f"{error.text} {error.advice}".strip()
    return Conflict(kind, example.id, typed, "", reason, with_typed(example.record, typed))


def lost_note(example_id: int, note: str, error: StudioError) -> Conflict:
    """A note could not be written."""
    reason = f"{error.text} {error.advice}".strip()
    return Conflict(ConflictKind.NOTE, example_id, TypedText(0, "", note, "", ""), "", reason)


def with_typed(record: Record | None, typed: TypedText) -> Record | None:
    """The record with a typed text at its place; None where there is none."""
    if record is None:
        return None
    known = messages_of(record)
    changed = tuple(
        with_text(message, typed.field, typed.text) if index == typed.message_index else message
        for index, message in enumerate(known)
    )
    if isinstance(record, PreferencePair):
        return _with_sides(record, changed)
    return replace(record, messages=changed)


def _with_sides(pair: PreferencePair, changed: tuple[Message, ...]) -> PreferencePair:
    first = len(pair.input.messages)
    second = first + len(pair.preferred)
    return replace(
        pair,
        input=replace(pair.input, messages=changed[:first]),
        preferred=changed[first:second],
        non_preferred=changed[second:],
    )
