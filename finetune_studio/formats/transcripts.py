"""Conversations as people copy them: labelled lines, JSON messages, the text of a shared chat.

`parse_transcript` reads what was pasted; `render_transcript` writes a conversation in a way that reads
back. Neither raises: a text that holds no conversation gives a Transcript without messages.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.message import Message, Role
from finetune_studio.formats.json_documents import split_values
from finetune_studio.formats.json_node import Node, NodeKind
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.json_writer import join_array
from finetune_studio.formats.message_decoder import decode_message, decode_messages, text_of
from finetune_studio.formats.record_encoder import message_text
from finetune_studio.formats.transcript_labels import LabelledLine, label_of, role_of_name


class TranscriptKind(StrEnum):
    """How a text was understood."""

    NONE = "none"
    LABELS = "labels"
    JSON = "json"
    SHAREGPT = "sharegpt"
    CHAT_MARKUP = "chat_markup"


@dataclass(frozen=True, slots=True)
class Transcript:
    """`more` counts further conversations in the text, which are not in `messages`."""

    messages: tuple[Message, ...] = ()
    kind: TranscriptKind = TranscriptKind.NONE
    more: int = 0

    @property
    def is_convincing(self) -> bool:
        """Whether it is safe to say that the text is a conversation: two speakers, or JSON messages."""
        if self.kind in (TranscriptKind.JSON, TranscriptKind.SHAREGPT, TranscriptKind.CHAT_MARKUP):
            return len(self.messages) > 1
        return len({message.role for message in self.messages}) > 1


_MARKUP = re.compile(
    r"<\|(?:im_start|start_header_id)\|>\s*([A-Za-z]+)\s*(?:<\|end_header_id\|>)?\s*"
    r"(.*?)\s*(?:<\|(?:im_end|eot_id)\|>|(?=<\|(?:im_start|start_header_id)\|>)|\Z)",
    re.DOTALL,
)


def parse_transcript(text: str) -> Transcript:
    """Read a pasted text as a conversation, by the first of the known ways that fits."""
    stripped = text.strip().removeprefix("\ufeff").strip()
    if stripped[:1] in ("{", "["):
        found = _from_json(stripped)
        if found.messages:
            return found
    if "<|im_start|>" in stripped or "<|start_header_id|>" in stripped:
        return _from_markup(stripped)
    return _from_labels(stripped)


def render_transcript(messages: Sequence[Message]) -> str:
    """Labelled lines where they read back to the same messages, else a JSON list of them."""
    wanted = tuple(messages)
    if all(message == Message(message.role, message.content) for message in wanted):
        parts = [f"{message.role.capitalize()}: {message.text}" for message in wanted]
        text = "\n\n".join(parts)
        if parse_transcript(text).messages == wanted:
            return text
    return join_array(message_text(message) for message in wanted)


# JSON


def _from_json(text: str) -> Transcript:
    data = text.encode("utf-8", "surrogatepass")
    try:
        root = parse(data)
    except InputError:
        return _from_json_lines(data)
    found = _from_value(root)
    if found.messages or root.kind is not NodeKind.ARRAY:
        return found
    return _first_of([_from_value(item) for item in root.items])


def _from_json_lines(data: bytes) -> Transcript:
    """One value after the other: JSONL, or messages without a list around them."""
    values = []
    for start, end in split_values(data):
        try:
            values.append(parse(data[start:end]))
        except InputError:
            return Transcript()
    if len(values) > 1 and all(_is_message(value) for value in values):
        return Transcript(tuple(decode_message(value) for value in values), TranscriptKind.JSON)
    return _first_of([_from_value(value) for value in values])


def _first_of(found: list[Transcript]) -> Transcript:
    with_messages = [each for each in found if each.messages]
    if not with_messages:
        return Transcript()
    first = with_messages[0]
    return Transcript(first.messages, first.kind, len(with_messages) - 1)


def _from_value(node: Node) -> Transcript:
    if node.kind is NodeKind.ARRAY:
        if node.items and all(_is_message(item) for item in node.items):
            return Transcript(decode_messages(node), TranscriptKind.JSON)
        if node.items and all(_is_turn(item) for item in node.items):
            return Transcript(tuple(_turn(item) for item in node.items), TranscriptKind.SHAREGPT)
        return Transcript()
    if node.kind is not NodeKind.OBJECT:
        return Transcript()
    if _is_message(node):
        return Transcript((decode_message(node),), TranscriptKind.JSON)
    if _is_turn(node):
        return Transcript((_turn(node),), TranscriptKind.SHAREGPT)
    return _from_record(node)


def _from_record(node: Node) -> Transcript:
    """The first list of messages below a known key, with a system text beside it."""
    for key in ("messages", "conversations", "conversation", "input", "chat", "dialog", "dialogue"):
        value = node.get(key)
        found = _from_value(value) if value is not None else Transcript()
        if not found.messages:
            continue
        system = text_of(node.get("system"))
        if system and found.messages[0].role not in (Role.SYSTEM, Role.DEVELOPER):
            return Transcript((Message(Role.SYSTEM, system), *found.messages), found.kind, found.more)
        preferred = node.get("preferred_output")
        if key == "input" and preferred is not None:
            return Transcript(found.messages + decode_messages(preferred), found.kind, found.more)
        return found
    return Transcript()


def _is_message(node: Node) -> bool:
    return (
        node.kind is NodeKind.OBJECT
        and text_of(node.get("role")) is not None
        and any(node.get(key) is not None for key in ("content", "tool_calls", "refusal"))
    )


def _is_turn(node: Node) -> bool:
    """ShareGPT's {"from": ..., "value": ...}, also spelled user/text or speaker/text."""
    return node.kind is NodeKind.OBJECT and _speaker(node) is not None and _said(node) is not None


def _speaker(node: Node) -> str | None:
    return next((text for key in ("from", "speaker", "author") if (text := text_of(node.get(key)))), None)


def _said(node: Node) -> str | None:
    texts = (text_of(node.get(key)) for key in ("value", "text", "content", "message"))
    return next((text for text in texts if text is not None), None)


def _turn(node: Node) -> Message:
    name = _speaker(node) or ""
    return Message(role_of_name(name) or name, _said(node))


# Text


def _from_markup(text: str) -> Transcript:
    messages = [
        Message(role_of_name(match[1]) or match[1].lower(), match[2])
        for match in _MARKUP.finditer(text)
        if match[2] or match[0].rstrip().endswith("|>")
    ]
    return Transcript(tuple(messages), TranscriptKind.CHAT_MARKUP)


def _from_labels(text: str) -> Transcript:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [None if inside else label_of(line) for line, inside in zip(lines, _in_fence(lines), strict=True)]
    style = _style_of([label for label in found if label is not None])
    labels = [(n, label) for n, label in enumerate(found) if label is not None and label.style == style]
    messages = []
    ends = [*(number for number, _label in labels[1:]), len(lines)]
    for (start, label), end in zip(labels, ends, strict=False):
        messages.append(Message(label.role, "\n".join([label.rest, *lines[start + 1 : end]]).strip()))
    result = Transcript(tuple(messages), TranscriptKind.LABELS if messages else TranscriptKind.NONE)
    opening = "\n".join(lines[: labels[0][0]]).strip() if labels else ""
    if not opening:
        return result
    if not result.is_convincing:
        return Transcript()
    if messages[0].role == Role.SYSTEM:
        return result
    return Transcript((Message(Role.SYSTEM, opening), *messages), result.kind)


def _style_of(labels: Sequence[LabelledLine]) -> str | None:
    """The style that this conversation writes its labels in: that of the most speakers."""
    by_style: dict[str, list[LabelledLine]] = {}
    for label in labels:
        by_style.setdefault(label.style, []).append(label)
    usable = [
        (min(len({label.role for label in found}), 2), not found[0].is_short, len(found), style)
        for style, found in by_style.items()
        if not found[0].is_short or len({label.role for label in found}) > 1
    ]
    return max(usable)[-1] if usable else None


def _in_fence(lines: Sequence[str]) -> list[bool]:
    """Whether each line stands in a block of code that is closed further down."""
    inside = [False] * len(lines)
    fences = [number for number, line in enumerate(lines) if line.lstrip().startswith("```")]
    for first, last in zip(fences[::2], fences[1::2], strict=False):
        inside[first : last + 1] = [True] * (last + 1 - first)
    return inside
