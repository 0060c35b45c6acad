"""The parts of a conversation, as in the chat format.

These are views: the truth of an example is its bytes, and an edit is a change of those bytes
(see edits.py). What a message holds beyond the known fields is in `extra`, as raw JSON text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

RawJson = NewType("RawJson", str)
"""JSON text exactly as it stands in the file."""


class Role(StrEnum):
    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class ContentPart:
    """One part of a content list. `text` is set for text parts, `image_url` for image parts."""

    type: str
    text: str | None = None
    image_url: str | None = None
    raw: RawJson = RawJson("")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the assistant makes; `arguments` is a string of JSON in the chat format."""

    id: str | None
    name: str
    arguments: str
    type: str = "function"
    raw: RawJson = RawJson("")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool definition; `parameters` is the raw text of its JSON Schema."""

    name: str
    description: str = ""
    parameters: RawJson = RawJson("")
    raw: RawJson = RawJson("")


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `role` is a plain string, since files hold roles that no service knows.

    `content` is None when it is null, absent, or of a type the format does not allow (then the raw
    value is in `extra` under "content"). `weight` is None when absent; 0 or 1 otherwise.
    """

    role: str
    content: str | tuple[ContentPart, ...] | None = None
    name: str | None = None
    weight: int | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    refusal: str | None = None
    extra: tuple[tuple[str, RawJson], ...] = ()

    @property
    def text(self) -> str:
        """The content as plain text: text parts joined by new lines, images left out."""
        if isinstance(self.content, str):
            return self.content
        if self.content is None:
            return ""
        return "\n".join(part.text for part in self.content if part.text is not None)

    @property
    def is_trained(self) -> bool:
        """Whether the message bears loss under its own weight (OpenAI: assistant, weight not 0)."""
        return self.role == Role.ASSISTANT and self.weight != 0
