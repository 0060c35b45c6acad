"""One training record: a conversation or a preference pair, and what reviewers say of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from finetune_studio.domain.message import Message, RawJson, Tool
from finetune_studio.domain.split import Split


class ExampleKind(StrEnum):
    CONVERSATION = "conversation"
    PREFERENCE = "preference"
    OTHER = "other"
    """A JSON object that is neither: kept, exported as it is, and reported by F003 or F018."""


class ReviewState(StrEnum):
    DRAFT = "draft"
    TO_REVIEW = "to_review"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Conversation:
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    parallel_tool_calls: bool | None = None
    extra: tuple[tuple[str, RawJson], ...] = ()


@dataclass(frozen=True, slots=True)
class PreferencePair:
    """`input` with two answers, each a list of messages (usually one)."""

    input: Conversation
    preferred: tuple[Message, ...]
    non_preferred: tuple[Message, ...]
    extra: tuple[tuple[str, RawJson], ...] = ()


Record = Conversation | PreferencePair


@dataclass(frozen=True, slots=True)
class Example:
    """An example as the dataset keeps it.

    `body` is its line in the file, line end included; `record` is the decoded view of it, None when
    kind is OTHER. `id` is never reused; `uid` (UUIDv7) lives through copies and merges.
    """

    id: int
    uid: str
    kind: ExampleKind
    body: bytes
    record: Record | None
    status: ReviewState = ReviewState.DRAFT
    split: Split | None = None
    split_pinned: bool = False
    tags: tuple[str, ...] = ()
    note: str = ""
    source_name: str = ""
    source_line: int | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None


def messages_of(record: Record | None) -> tuple[Message, ...]:
    """All messages in reading order; a pair gives its input, then preferred, then non-preferred."""
    if record is None:
        return ()
    if isinstance(record, PreferencePair):
        return record.input.messages + record.preferred + record.non_preferred
    return record.messages
