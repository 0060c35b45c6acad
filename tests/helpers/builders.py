"""Builders: `a_conversation(user("hi"), assistant("hello"))` rather than giant fixtures."""

import json
from typing import Any

from finetune_studio.domain.example import Conversation, PreferencePair
from finetune_studio.domain.message import Message, Role


def system(text: str) -> Message:
    return Message(role=Role.SYSTEM, content=text)


def user(text: str) -> Message:
    return Message(role=Role.USER, content=text)


def assistant(text: str, weight: int | None = None) -> Message:
    return Message(role=Role.ASSISTANT, content=text, weight=weight)


def a_conversation(*messages: Message) -> Conversation:
    return Conversation(messages=messages)


def a_pair(*messages: Message, preferred: str, non_preferred: str) -> PreferencePair:
    return PreferencePair(Conversation(messages), (assistant(preferred),), (assistant(non_preferred),))


def chat_line(*turns: tuple[str, str], **extra: Any) -> bytes:
    """One JSONL line: `chat_line(("user", "hi"), ("assistant", "hello"))`."""
    value = {"messages": [{"role": role, "content": content} for role, content in turns], **extra}
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"
