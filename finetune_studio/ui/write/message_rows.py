"""What the conversation view shows: one row a message, with the texts that were typed and not yet kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from finetune_studio.domain.call_ids import CallShape, answers_to, open_call
from finetune_studio.domain.edits import pointer_parts
from finetune_studio.domain.example import PreferencePair, Record
from finetune_studio.domain.message import ContentPart, Message, Role, ToolCall

MESSAGES = "messages"
INPUT = "input"
PREFERRED = "preferred"
NON_PREFERRED = "non_preferred"
FOLLOWS = "follows"
OWN = "own"

_keys = count(1)


@dataclass
class Row:
    """One message while it is shown. `key` stays with it when it moves or changes.

    `drafts` are texts by field (a JSON Pointer within the message) that differ from `message`.
    `prompt` says of a system message that it FOLLOWS the dataset's prompt or has its OWN text.
    `preview` shows Markdown in place of the text (None: as all do); a collapsed row shows its first line.
    `open_calls` are the tool calls whose form is open. `height` is an estimate until `is_measured`.
    """

    message: Message
    side: str = MESSAGES
    key: int = field(default_factory=lambda: next(_keys))
    tokens: int | None = None
    drafts: dict[str, str] = field(default_factory=dict)
    open_calls: set[int] = field(default_factory=set)
    shows_text: bool = False
    prompt: str = ""
    is_collapsed: bool = False
    preview: bool | None = None
    height: int = 0
    is_measured: bool = False

    @property
    def shown(self) -> Message:
        """The message with its drafts."""
        message = self.message
        for path, text in self.drafts.items():
            message = with_text(message, path, text)
        return message

    def text(self, path: str) -> str:
        """The true text of a field now."""
        draft = self.drafts.get(path)
        return text_at(self.message, path) if draft is None else draft

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said in it yet."""
        message = self.message
        return message.content in (None, "") and not (self.drafts or message.tool_calls or message.refusal)

    def set_text(self, path: str, text: str) -> None:
        if text == text_at(self.message, path):
            self.drafts.pop(path, None)
        else:
            self.drafts[path] = text

    def keep_drafts(self) -> list[tuple[str, str, str]]:
        """(field, text, the text it is an edit of) of the drafts, which are taken into `message`.

        They are on their way to the dataset.
        """
        drafts = [(path, text, text_at(self.message, path)) for path, text in self.drafts.items()]
        self.message = self.shown
        self.drafts.clear()
        return drafts


def sided_messages(record: Record | None) -> list[tuple[str, Message]]:
    """(side, message) in reading order."""
    if record is None:
        return []
    if isinstance(record, PreferencePair):
        return [
            *((INPUT, message) for message in record.input.messages),
            *((PREFERRED, message) for message in record.preferred),
            *((NON_PREFERRED, message) for message in record.non_preferred),
        ]
    return [(MESSAGES, message) for message in record.messages]


def text_at(message: Message, path: str) -> str:
    """The text at a field of a message, empty where there is none."""
    match pointer_parts(path):
        case ["content"]:
            return message.content if isinstance(message.content, str) else ""
        case ["content", number, "text"] if isinstance(message.content, tuple):
            part = message.content[int(number)] if int(number) < len(message.content) else None
            return (part.text if part else None) or ""
        case ["refusal"]:
            return message.refusal or ""
        case ["tool_calls", number, "function", name] if int(number) < len(message.tool_calls):
            call = message.tool_calls[int(number)]
            return call.name if name == "name" else call.arguments
    return ""


def with_text(message: Message, path: str, text: str) -> Message:
    """The message with another text at a field; unchanged where the field is not there."""
    match pointer_parts(path):
        case ["content"] if not isinstance(message.content, tuple):
            return replace(message, content=text)
        case ["content", number, "text"] if isinstance(message.content, tuple):
            return replace(message, content=_with_part(message.content, int(number), text))
        case ["refusal"]:
            return replace(message, refusal=text)
        case ["tool_calls", number, "function", name]:
            return replace(message, tool_calls=_with_call(message.tool_calls, int(number), name, text))
    return message


def _with_part(parts: tuple[ContentPart, ...], number: int, text: str) -> tuple[ContentPart, ...]:
    return tuple(replace(part, text=text) if n == number else part for n, part in enumerate(parts))


def _with_call(calls: tuple[ToolCall, ...], number: int, name: str, text: str) -> tuple[ToolCall, ...]:
    changed = [
        (replace(call, name=text) if name == "name" else replace(call, arguments=text))
        if n == number
        else call
        for n, call in enumerate(calls)
    ]
    return tuple(changed)


def _signature(side: str, message: Message) -> object:
    """Equal for messages that look the same; raw texts, which an edit leaves behind, are left out."""
    content = message.content
    parts = (
        content if not isinstance(content, tuple) else tuple((p.type, p.text, p.image_url) for p in content)
    )
    calls = tuple((call.id, call.name, call.arguments) for call in message.tool_calls)
    rest = (message.name, message.weight, message.tool_call_id, message.refusal, message.extra)
    return (side, message.role, parts, calls, rest)


def match_rows(rows: Sequence[Row], messages: Sequence[tuple[str, Message]]) -> list[Row]:
    """Rows for the messages, the old ones where they can be told: equal, or changed in their place."""
    start = _common(zip(rows, messages, strict=False))
    limit = min(len(rows), len(messages)) - start
    end = _common(zip(list(reversed(rows))[:limit], list(reversed(messages))[:limit], strict=False))
    old = list(rows[start : len(rows) - end])
    new = list(messages[start : len(messages) - end])
    matched: list[Row] = [*rows[:start], *_match_middle(old, new), *rows[len(rows) - end :]]
    for row, (side, message) in zip(matched, messages, strict=True):
        if row.message != message:
            row.is_measured = row.is_measured and _signature(side, row.message) == _signature(side, message)
            row.message = message
            for path in [p for p, text in row.drafts.items() if text == text_at(message, p)]:
                del row.drafts[path]
        row.side = side
    return matched


def _match_middle(old: list[Row], new: list[tuple[str, Message]]) -> list[Row]:
    if len(old) == len(new) and not _is_permutation(old, new):
        return old
    by_signature: dict[object, list[Row]] = defaultdict(list)
    for row in old:
        by_signature[_signature(row.side, row.message)].append(row)
    found: list[Row | None] = []
    for side, message in new:
        candidates = by_signature.get(_signature(side, message))
        found.append(candidates.pop(0) if candidates else None)
    used = {row.key for row in found if row is not None}
    left = [row for row in old if row.key not in used]
    matched: list[Row] = []
    for known, (side, message) in zip(found, new, strict=True):
        if known is None:
            same = next((r for r in left if (r.side, r.message.role) == (side, message.role)), None)
            known = same or Row(message, side)
            left = [row for row in left if row is not same]
        matched.append(known)
    return matched


def _is_permutation(old: list[Row], new: list[tuple[str, Message]]) -> bool:
    """Whether at least one changed place: then rows follow their messages."""
    places = {_signature(row.side, row.message): n for n, row in enumerate(old)}
    return any(places.get(_signature(side, m), n) != n for n, (side, m) in enumerate(new))


def _common(pairs: Iterable[tuple[Row, tuple[str, Message]]]) -> int:
    number = 0
    for row, (side, message) in pairs:
        if row.side != side or (row.message is not message and row.message != message):
            break
        number += 1
    return number


def next_role(message: Message | None) -> str:
    """The role that follows a message in a conversation."""
    if message is None:
        return Role.USER
    if message.role == Role.ASSISTANT:
        return Role.TOOL if message.tool_calls else Role.USER
    return Role.ASSISTANT if message.role in (Role.USER, Role.TOOL, Role.FUNCTION) else Role.USER


def shape_of_message(message: Message) -> CallShape:
    """What counts for the pairing of calls and answers."""
    return CallShape(tuple(call.id or "" for call in message.tool_calls), message.tool_call_id)


def with_ids(message: Message, names: Mapping[str, str]) -> Message:
    """The message with other ids for its calls and for the call that it answers."""
    calls = tuple(replace(call, id=names.get(call.id or "", call.id)) for call in message.tool_calls)
    answered = message.tool_call_id
    return replace(message, tool_calls=calls, tool_call_id=names.get(answered or "", answered))


def answers_of(rows: Sequence[Row], index: int, ids: Sequence[str] | None = None) -> list[int]:
    """The places of the answers to a message's calls, on its side."""
    side = rows[index].side
    places = [place for place, row in enumerate(rows) if row.side == side]
    shapes = [shape_of_message(rows[place].message) for place in places]
    return [places[found] for found in answers_to(shapes, places.index(index), ids)]


def open_call_of(rows: Sequence[Row], index: int, side: str) -> str:
    """The id of the first call before a place that nothing answers, or ""."""
    before = sum(1 for row in rows[:index] if row.side == side)
    return open_call([shape_of_message(row.message) for row in rows if row.side == side], before)


def is_list_of_text(content: object) -> bool:
    """Whether a content list holds only texts, so that it could be a plain one."""
    is_list = isinstance(content, tuple) and bool(content)
    return is_list and all(part.type == "text" and part.text is not None for part in content)  # type: ignore[attr-defined]
