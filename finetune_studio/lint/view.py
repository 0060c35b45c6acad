"""The parsed JSON of one line, as the rules look at it.

Rules see raw values rather than domain records, since a rule must be able to judge what a record cannot hold.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from finetune_studio.domain.edits import pointer
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats import json_reader
from finetune_studio.tokens.counting import ExampleTokens

_ANSWERING = ("messages", "preferred")


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line could not be read.

    `code` is that of the rule that reports it; `column` counts code points from 1.
    """

    code: str
    text: str
    column: int | None = None
    offset: int | None = None


@dataclass(slots=True, eq=False)
class MessageView:
    """One message; `index` counts in reading order, `pointer` is from the example's root.

    Nobody changes it; frozen, it would take twice as long to make.
    """

    index: int
    pointer: str
    value: Any
    side: str = "messages"

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def role(self) -> str:
        """The role when it is a string, else empty."""
        role = self.value.get("role") if isinstance(self.value, dict) else None
        return role if isinstance(role, str) else ""

    @property
    def content(self) -> Any:
        return self.value.get("content") if isinstance(self.value, dict) else None

    @property
    def is_trained(self) -> bool:
        return self.role == "assistant" and self.value.get("weight") != 0

    @property
    def text(self) -> str:
        """The content, or its text parts, each on a line of its own."""
        content = self.content
        return content if isinstance(content, str) else "\n".join(text for _, text in self.texts())

    @property
    def tool_calls(self) -> list[Any]:
        calls = self.value.get("tool_calls") if isinstance(self.value, dict) else None
        return calls if isinstance(calls, list) else []

    def texts(self) -> Iterator[tuple[str, str]]:
        """(field pointer within the message, text) of the content, or of each text part of it."""
        content = self.content
        if isinstance(content, str):
            yield "/content", content
        elif isinstance(content, list):
            for number, part in enumerate(content):
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield f"/content/{number}/text", part["text"]

    def all_texts(self) -> Iterator[tuple[str, str]]:
        """`texts`, and the refusal and the arguments of tool calls."""
        yield from self.texts()
        if isinstance(self.value, dict) and isinstance(self.value.get("refusal"), str):
            yield "/refusal", self.value["refusal"]
        for number, call in enumerate(self.tool_calls):
            function = call.get("function") if isinstance(call, dict) else None
            arguments = function.get("arguments") if isinstance(function, dict) else None
            if isinstance(arguments, str):
                yield f"/tool_calls/{number}/function/arguments", arguments


@dataclass
class ExampleView:
    """One line, parsed; `value` is None when `problem` is set and nothing could be read."""

    key: int
    body: bytes
    value: Any
    problem: LineProblem | None = None
    given_tokens: ExampleTokens | None = None
    count: Callable[[Any], ExampleTokens] | None = field(default=None, repr=False)
    given_by_role: Callable[[], Mapping[str, int]] | None = field(default=None, repr=False)

    @property
    def is_object(self) -> bool:
        return isinstance(self.value, dict)

    @cached_property
    def kind(self) -> ExampleKind:
        return kind_of(self.value)

    @cached_property
    def messages(self) -> list[MessageView]:
        """All messages in reading order: for a pair its input, then preferred, then non-preferred."""
        return list(_messages_of(self.value))

    def first_of(self, roles: Collection[str]) -> MessageView | None:
        """The first message of some roles, read no further than that."""
        return next((message for message in _messages_of(self.value) if message.role in roles), None)

    @cached_property
    def last_answer(self) -> MessageView | None:
        """The last trained assistant message; of a pair that of the preferred side."""
        answers = (m for m in reversed(self.messages) if m.is_trained and m.side in _ANSWERING)
        return next(answers, None)

    @cached_property
    def texts(self) -> list[tuple[MessageView, str, str]]:
        """(message, field, text) of the content of all messages."""
        return [(message, where, text) for message in self.messages for where, text in message.texts()]

    @cached_property
    def answers(self) -> list[tuple[MessageView, str, str]]:
        """`texts` of the trained assistant messages."""
        return [found for found in self.texts if found[0].is_trained]

    @cached_property
    def all_texts(self) -> list[tuple[MessageView, str, str]]:
        """`texts`, and the refusals and the arguments of calls, message by message."""
        return [(message, where, text) for message in self.messages for where, text in message.all_texts()]

    @cached_property
    def tokens(self) -> ExampleTokens | None:
        """None where the line cannot be read, or where nobody counts."""
        if self.given_tokens is not None or self.count is None or not isinstance(self.value, dict):
            return self.given_tokens
        return self.count(self.value)

    @cached_property
    def by_role(self) -> Mapping[str, int]:
        """Tokens of the usual roles, for the asking where the batch has counted them; {} as for `tokens`."""
        if self.given_by_role is not None:
            return self.given_by_role()
        return {} if self.tokens is None else self.tokens.by_role

    @cached_property
    def node(self) -> json_reader.Node | None:
        """The strict reading, with duplicate keys and number spellings kept; None when it is not JSON."""
        try:
            return json_reader.parse(self.body)
        except json_reader.JsonSyntaxError:
            return None


def kind_of(value: Any) -> ExampleKind:
    """Tell a conversation from a preference pair by the keys alone."""
    if not isinstance(value, dict):
        return ExampleKind.OTHER
    if "messages" in value:
        return ExampleKind.CONVERSATION
    if "preferred_output" in value or "non_preferred_output" in value:
        return ExampleKind.PREFERENCE
    return ExampleKind.OTHER


def _messages_of(value: Any) -> Iterator[MessageView]:
    index = 0
    for path, side in _lists_of(value):
        found: Any = value
        for part in path:
            found = found.get(part) if isinstance(found, dict) else None
        above = pointer(*path)
        for position, message in enumerate(found if isinstance(found, list) else ()):
            yield MessageView(index, f"{above}/{position}", message, side)
            index += 1


def _lists_of(value: Any) -> tuple[tuple[tuple[str, ...], str], ...]:
    kind = kind_of(value)
    if kind == ExampleKind.CONVERSATION:
        return ((("messages",), "messages"),)
    if kind == ExampleKind.PREFERENCE:
        return (
            (("input", "messages"), "input"),
            (("preferred_output",), "preferred"),
            (("non_preferred_output",), "non_preferred"),
        )
    return ()
