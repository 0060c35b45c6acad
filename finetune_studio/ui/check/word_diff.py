"""Which words of a text differ from another one. No Qt."""

import re
from difflib import SequenceMatcher

MAX_WORDS = 1500
"""Words of a text up to which it is compared; the comparison is quadratic at worst."""

_WORD = re.compile(r"\w+|[^\w\s]")

Span = tuple[int, int]


def different_spans(base: str, other: str) -> list[Span]:
    """Stretches of `other` (start, end) whose words are not in `base` at that place."""
    if base == other:
        return []
    left = [match.group() for match in _WORD.finditer(base)]
    matches = list(_WORD.finditer(other))
    if len(left) > MAX_WORDS or len(matches) > MAX_WORDS:
        return [_rough(base, other)]
    right = [match.group() for match in matches]
    spans: list[Span] = []
    for kind, _, _, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind in ("replace", "insert"):
            spans.append((matches[first].start(), matches[last - 1].end()))
    if not spans:
        return _space_spans(base, other) if left == right else []
    return spans


def _rough(base: str, other: str) -> Span:
    """From the first to the last character that differs, for long texts."""
    limit = min(len(base), len(other))
    head = next((i for i in range(limit) if base[i] != other[i]), limit)
    tail = next((i for i in range(limit - head) if base[-1 - i] != other[-1 - i]), limit - head)
    return head, max(head, len(other) - tail)


def _space_spans(base: str, other: str) -> list[Span]:
    """Texts of the same words: the white space differs."""
    start, end = _rough(base, other)
    return [(start, end)] if end > start else []
