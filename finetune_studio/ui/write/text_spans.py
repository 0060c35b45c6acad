"""Stretches of a text that something besides the findings marks: differences, what was found, spelling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QTextCharFormat

from finetune_studio.ui.theme.current import color
from finetune_studio.ui.write.text_binding import changed_stretch

SPANS_LIMIT = 1_000
"""Stretches that are marked in one editor; each costs time at every paint."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points of the true text; `look` is added, removed, found, current or misspelt."""

    start: int
    end: int
    look: str


def format_of(look: str) -> QTextCharFormat:
    """How a stretch is drawn, in the colours of the theme."""
    style = QTextCharFormat()
    if look == "misspelt":
        style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
        style.setUnderlineColor(color("error"))
    elif look == "current":
        style.setBackground(color("accent"))
        style.setForeground(color("on_accent"))
    elif look == "found":
        style.setBackground(color("highlight"))
        style.setForeground(color("on_warning_soft"))
    else:
        tone = "success" if look == "added" else "error"
        style.setBackground(color(f"{tone}_soft"))
        style.setForeground(color(f"on_{tone}_soft"))
    return style


def moved_spans(spans: Sequence[Span], old: str, new: str) -> list[Span]:
    """The spans after an edit; those that it touches go."""
    start, end = changed_stretch(old, new)
    last, by = len(old) - end, len(new) - len(old)
    kept = []
    for span in spans:
        if span.end < start or (span.end == start and start == last):
            kept.append(span)
        elif span.start >= last:
            kept.append(replace(span, start=span.start + by, end=span.end + by))
    return kept
