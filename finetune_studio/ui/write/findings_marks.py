"""Where findings and invisible characters are marked in an editor, in Qt's units."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from finetune_studio.domain.diagnostic import Diagnostic
from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.text_binding import TextBinding

MARKS_LIMIT = 500
"""Marks in one editor; more of them help nobody and cost time at each key."""

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\U000e0000-\U000e0fff]"
)
ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
EMOJI_PARTS = frozenset("\u200d\ufe0e\ufe0f")
"""Joiner and variation selectors: ordinary between emoji and in some scripts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the true text, in code points, with what is to say about it."""

    start: int
    end: int
    severity: str
    text: str


def has_span(finding: Diagnostic) -> bool:
    return finding.location.start is not None


def marks_for(findings: Sequence[Diagnostic], path: str, length: int) -> list[Mark]:
    """Marks of a message's findings in one of its fields; an empty stretch takes its neighbour in."""
    marks = []
    for finding in findings:
        place = finding.location
        if place.field != path or place.start is None:
            continue
        start = min(place.start, length)
        end = min(max(start, start if place.end is None else place.end), length)
        if start == end:
            start, end = (start, end + 1) if end < length else (max(0, start - 1), end)
        marks.append(Mark(start, end, finding.severity.value, f"{finding.code}  {finding.message}"))
    return marks


def invisible_characters(text: str) -> list[Mark]:
    """Characters that cannot be seen, or look like an ordinary space; the first ones of a text."""
    if text.isascii() and text.isprintable():
        return []
    marks = []
    for match in INVISIBLE.finditer(text):
        character = match.group()
        if character in EMOJI_PARTS and match.start() and text[match.start() - 1] > "\u2000":
            continue
        severity = "error" if character in BIDI else "warning"
        marks.append(Mark(match.start(), match.end(), severity, describe_character(character)))
        if len(marks) >= MARKS_LIMIT:
            break
    return marks


def odd_spaces(text: str) -> list[Mark]:
    """Spaces and line breaks that are not the ordinary ones: they have a width, so a ground shows them."""
    if text.isascii():
        return []
    found = (
        Mark(m.start(), m.end(), "info", describe_character(m.group())) for m in ODD_SPACE.finditer(text)
    )
    return [mark for mark, _ in zip(found, range(MARKS_LIMIT), strict=False)]


def describe_character(character: str) -> str:
    """`U+200B zero width space`."""
    name = unicodedata.name(character, "control character").lower()
    return f"U+{ord(character):04X} {name}"


def to_units(text: str, position: int) -> int:
    """Code points to the UTF-16 units that Qt counts in."""
    if text.isascii():
        return position
    return len(text[:position].encode("utf-16-le", "surrogatepass")) // 2


def to_points(text: str, units: int) -> int:
    """UTF-16 units to code points."""
    if text.isascii():
        return units
    return len(text.encode("utf-16-le", "surrogatepass")[: units * 2].decode("utf-16-le", "replace"))


def shown_range(binding: TextBinding, start: int, end: int) -> tuple[int, int]:
    """A stretch of the true text as UTF-16 units of what the widget shows."""
    shown = binding.shown
    return to_units(shown, binding.to_shown(start)), to_units(shown, binding.to_shown(end))


def select_range(editor: QPlainTextEdit, start: int, end: int) -> None:
    """Select a stretch in UTF-16 units, as far as the text goes."""
    limit = max(0, editor.document().characterCount() - 1)
    cursor = editor.textCursor()
    cursor.setPosition(min(start, limit))
    cursor.setPosition(min(end, limit), QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def selection_of(
    editor: QPlainTextEdit, start: int, end: int, severity: str, wave: bool = True
) -> QTextEdit.ExtraSelection:
    """A soft ground in the colour of a severity, with a wave below; positions are UTF-16 units."""
    style = QTextCharFormat()
    style.setBackground(color(f"{severity}_soft"))
    if wave:
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        style.setUnderlineColor(color(severity))
    return extra_selection(editor, start, end, style)


def dimmed(editor: QPlainTextEdit) -> QTextEdit.ExtraSelection:
    """The whole text in the secondary colour."""
    style = QTextCharFormat()
    style.setForeground(color("secondary"))
    return extra_selection(editor, 0, max(0, editor.document().characterCount() - 1), style)


def extra_selection(
    editor: QPlainTextEdit, start: int, end: int, style: QTextCharFormat
) -> QTextEdit.ExtraSelection:
    """A stretch in a look of its own; positions are UTF-16 units."""
    cursor = QTextCursor(editor.document())
    last = max(0, editor.document().characterCount() - 1)
    cursor.setPosition(min(start, last))
    cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
    extra = QTextEdit.ExtraSelection()
    extra.cursor = cursor
    extra.format = style
    return extra
