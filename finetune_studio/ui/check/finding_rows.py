"""A finding as a list shows it: where it is, what it says, and the characters it means. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.domain.edits import pointer_parts
from finetune_studio.domain.errors import InputError
from finetune_studio.formats.records import loads
from finetune_studio.lint.view import ExampleView
from finetune_studio.workspace.queries.examples import ListRow, rows

if TYPE_CHECKING:
    from finetune_studio.workspace.workspace import Workspace

BEFORE = 80
AFTER = 200
MARKED = 160
"""Characters of the text shown before and after the marked ones, and of the mark itself."""

VISIBLE = {"\n": "↵", "\r": "␍", "\t": "→", " ": "␣", "\u00a0": "⍽"}
"""What stands for white space that is marked; each is one character."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of text; `start` to `end` are the marked characters, equal when nothing is marked."""

    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class FindingRow:
    """`title` says where ("Example 12, message 3"), `about` what that example is."""

    title: str
    about: str
    message: str
    snippet: Snippet
    severity: Severity
    code: str = ""


def finding_rows(workspace: "Workspace", findings: Sequence[Diagnostic]) -> list[FindingRow]:
    """Rows of some findings, those that are visible."""
    ids = sorted({one.location.example for one in findings if one.location.example is not None})
    known = {row.id: row for row in rows(workspace, ids)}
    with_text = [one.location.example for one in findings if _names_text(one.location)]
    wanted = sorted({example_id for example_id in with_text if example_id is not None})
    bodies = {row.id: row.body for row in workspace.examples().rows(wanted)}
    values = {example_id: _value(body) for example_id, body in bodies.items()}
    return [_row(one, known, values) for one in findings]


def place_words(location: Location, rank: int | None) -> str:
    """`Example 12, message 3`; the whole dataset where no example is named."""
    if location.example is None:
        return "Whole dataset"
    name = "Example" if rank is None else f"Example {rank + 1:,}"
    if location.message_index is None:
        return name
    return f"{name}, message {location.message_index + 1:,}"


def text_at(value: Any, location: Location) -> str | None:
    """The string that a location names within a parsed example; None where there is none."""
    found = value
    if location.message_index is not None:
        view = ExampleView(0, b"", value)
        if location.message_index >= len(view.messages):
            return None
        found = view.messages[location.message_index].value
    try:
        for part in pointer_parts(location.field):
            found = found[int(part)] if isinstance(found, list) else found[part]
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return found if isinstance(found, str) else None


def snippet_of(text: str, start: int, end: int) -> Snippet:
    """The stretch and some text around it on one line; white space that is marked becomes visible."""
    start = min(max(start, 0), len(text))
    end = min(max(end, start), len(text))
    first = max(0, start - BEFORE)
    if first and (space := text.find(" ", first, start)) >= 0:
        first = space + 1
    head = ("…" if first else "") + _flat(text[first:start])
    shown = text[start : min(end, start + MARKED)]
    if not shown.strip():
        shown = "".join(VISIBLE.get(character, character) for character in shown)
    else:
        shown = _flat(shown)
    cut = "…" if end - start > MARKED else ""
    tail = _flat(text[end : end + AFTER])
    return Snippet(head + shown + cut + tail, len(head), len(head) + len(shown) + len(cut))


def _row(one: Diagnostic, known: dict[int, ListRow], values: dict[int, Any]) -> FindingRow:
    place = one.location
    row = known.get(place.example) if place.example is not None else None
    title = place_words(place, row.rank if row else None)
    about = (row.title or row.preview) if row else ""
    snippet = Snippet()
    if place.example in values and place.start is not None:
        text = text_at(values[place.example], place)
        if text is not None:
            snippet = snippet_of(text, place.start, place.start if place.end is None else place.end)
    return FindingRow(title, about, _without_place(one.message, place), snippet, one.severity, one.code)


def _without_place(message: str, place: Location) -> str:
    """The message, without the number of the message that the title says already."""
    if place.message_index is not None:
        opening = f"Message {place.message_index + 1}: "
        if message.startswith(opening):
            rest = message[len(opening) :]
            return rest[:1].upper() + rest[1:]
    return message


def _names_text(place: Location) -> bool:
    return place.example is not None and place.start is not None


def _value(body: bytes) -> Any:
    try:
        return loads(body)
    except InputError:
        return None


def _flat(text: str) -> str:
    """One line of the same length: a mark must stay where it is."""
    return "".join(" " if character in "\n\r\t\u2028\u2029\x0b\x0c" else character for character in text)
