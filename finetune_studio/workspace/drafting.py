"""What a model is asked when it drafts: the next reply, other words, fewer words, more examples."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import PreferencePair, Record
from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.records import message_to_json
from finetune_studio.workspace.model_choices import ModelChoice, ModelKind

if TYPE_CHECKING:
    from finetune_studio.providers.base import ChatMessage

MORE = 5
"""Examples asked for at a time."""
_EDITOR = (
    "You edit training examples for a chat model. Answer with the new text alone: no introduction, no quotes "
    "and no explanation. Keep the language, the voice and the format of the text, and every fact in it."
)
_TASKS = {
    "reword": "Say the following text in other words, about as long as it is.",
    "shorten": "Make the following text clearly shorter; leave out what matters least.",
}
_WRITER = (
    "You write training examples for a chat model. You are shown one conversation. Write new ones of that "
    "kind: the same voice, format and length, each about something else. Answer with one JSON object a line, "
    'in this form: {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}. '
    "Leave system messages out. Write nothing but these lines."
)
_ROLES = {Role.USER.value, Role.ASSISTANT.value}


class Wish(StrEnum):
    REPLY = "reply"
    REWORD = "reword"
    SHORTEN = "shorten"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft goes: the message at `index`, whose text is `old` now; `is_new`: it is to be added."""

    index: int
    old: str = ""
    is_new: bool = False


def reply_place(record: Record) -> Place:
    """Where the next reply belongs: the first empty answer, else behind the last message.

    Raises UsageError where no reply is due.
    """
    if isinstance(record, PreferencePair):
        start = len(record.input.messages)
        for number, message in enumerate((*record.preferred, *record.non_preferred)):
            if message.role == Role.ASSISTANT and not message.text and not message.tool_calls:
                return Place(start + number)
        raise UsageError("Both answers of this pair are written.", "Empty one of them to have it drafted.")
    last = record.messages[-1] if record.messages else None
    if last is None or not any(message.role == Role.USER and message.text for message in record.messages):
        raise UsageError("There is nothing to reply to yet.", "Write the user's message first.")
    if last.role == Role.ASSISTANT:
        if last.text or last.tool_calls:
            raise UsageError("The last message is an answer already.", "Add the user's next message first.")
        return Place(len(record.messages) - 1)
    return Place(len(record.messages), is_new=True)


def text_place(messages: Sequence[Message], index: int) -> Place:
    """The message whose text is to be said otherwise; raises UsageError where there is no text."""
    message = messages[index] if 0 <= index < len(messages) else None
    if message is None or not isinstance(message.content, str) or not message.content.strip():
        raise UsageError(
            "There is no text to change in this message.", "Put the caret into one that has text."
        )
    return Place(index, message.content)


def reply_request(record: Record, place: Place) -> "list[ChatMessage]":
    """The conversation up to where the reply goes; calls and answers of tools are told in words."""
    given = record.input.messages if isinstance(record, PreferencePair) else record.messages[: place.index]
    return [_told(message) for message in given if _told(message).content]


def text_request(wish: Wish, text: str) -> "list[ChatMessage]":
    """One text, to be reworded or shortened."""
    from finetune_studio.providers.base import ChatMessage

    return [ChatMessage("system", f"{_EDITOR} {_TASKS[wish.value]}"), ChatMessage("user", text)]


def more_request(record: Record, count: int = MORE) -> "list[ChatMessage]":
    """One conversation as it is, and the wish for others like it; raises UsageError for a pair."""
    from finetune_studio.providers.base import ChatMessage

    if isinstance(record, PreferencePair):
        raise UsageError("More examples are drafted from conversations.", "This is a preference pair.")
    shown = {"messages": [message_to_json(message) for message in record.messages]}
    return [
        ChatMessage("system", _WRITER),
        ChatMessage("user", f"{json.dumps(shown, ensure_ascii=False)}\n\nWrite {count} new conversations."),
    ]


def read_more(text: str, record: Record) -> list[Any]:
    """The conversations in an answer, each with the system messages of the example.

    What is around them, and what is no conversation, is left out.
    """
    leading = []
    if not isinstance(record, PreferencePair):
        for message in record.messages:
            if message.role not in (Role.SYSTEM, Role.DEVELOPER):
                break
            leading.append(message_to_json(message))
    found = []
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found += [{"messages": [*leading, *messages]} for messages in [_messages_in(value)] if messages]
        at = text.find("{", end)
    return found


def _messages_in(value: Any) -> list[Any]:
    """The messages of a conversation of user and assistant; empty where it is none."""
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list):
        return []
    kept = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("content"), str):
            return []
        role = message.get("role")
        if role in _ROLES:
            kept.append({"role": role, "content": message["content"]})
        elif role not in (Role.SYSTEM, Role.DEVELOPER):
            return []
    roles = [message["role"] for message in kept]
    fits = bool(roles) and roles[0] == Role.USER and roles[-1] == Role.ASSISTANT
    return kept if fits and all(message["content"].strip() for message in kept) else []


def _told(message: Message) -> "ChatMessage":
    from finetune_studio.providers.base import ChatMessage

    text = message.text
    if message.tool_calls:
        calls = [f"(I call {call.name} with {call.arguments})" for call in message.tool_calls]
        return ChatMessage(message.role, "\n".join([*([text] if text else []), *calls]))
    if message.role in (Role.TOOL, Role.FUNCTION):
        return ChatMessage(Role.USER.value, f"(The tool answers: {text})")
    return ChatMessage(message.role, text)


def model_to_text(choice: ModelChoice) -> str:
    """What is remembered of a choice."""
    return json.dumps([choice.profile_id, choice.base_url, choice.model, choice.base_model, choice.where])


def model_from_text(text: str) -> ModelChoice | None:
    """The choice that was remembered; None where the text says none."""
    try:
        profile_id, base_url, model, base_model, where = map(str, json.loads(text))
    except (ValueError, TypeError):
        return None
    kind = ModelKind.BASE if model == base_model else ModelKind.TUNED
    return ModelChoice(kind, profile_id, base_url, model, base_model, model, where)
