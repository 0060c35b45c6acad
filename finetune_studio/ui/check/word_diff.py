"""Which words of a text differ from another one. No Qt."""

import re
from difflib import SequenceMatcher

MAX_WORDS = 1500
"""Words of a text up to which it is compared; the comparison is quadratic at worst."""

_WORD = re.compile(r"\w+|[^\w\s]")

Span = tuple[int, int]


def different_spans(base: str, other: str, max_words: int = MAX_WORDS) -> list[Span]:
    """Stretches of `other` (start, end) whose words are not in `base` at that place.

    Of more than `max_words` words between what both begin and end with, the whole stretch is given.
    """
    if base == other:
        return []
    left = [match.group() for match in _WORD.finditer(base)]
    matches = list(_WORD.finditer(other))
    right = [match.group() for match in matches]
    head, tail = _shared_ends(left, right)
    left, right = left[head : len(left) - tail], right[head : len(right) - tail]
    if not right:
        return _space_spans(base, other) if not left else []
    if len(left) > max_words or len(right) > max_words:
        return [(matches[head].start(), matches[head + len(right) - 1].end())]
    return [
        (matches[head + first].start(), matches[head + last - 1].end())
        for kind, _, _, first, last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        if kind in ("replace", "insert")
    ]


def _shared_ends(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many words two texts share at the beginning, and of the rest at the end."""
    limit = min(len(left), len(right))
    head = next((n for n in range(limit) if left[n] != right[n]), limit)
    tail = next((n for n in range(limit - head) if left[-1 - n] != right[-1 - n]), limit - head)
    return head, tail


def _rough(base: str, other: str) -> Span:
    """From the first to the last character that differs."""
    limit = min(len(base), len(other))
    head = next((i for i in range(limit) if base[i] != other[i]), limit)
    tail = next((i for i in range(limit - head) if base[-1 - i] != other[-1 - i]), limit - head)
    return head, max(head, len(other) - tail)


def _space_spans(base: str, other: str) -> list[Span]:
    """Texts of the same words: the white space differs, between some of them or at the ends."""
    spans: list[Span] = []
    for (first, last), (start, end) in zip(_gaps(base), _gaps(other), strict=True):
        if base[first:last] != other[start:end]:
            low, high = _rough(base[first:last], other[start:end])
            spans.extend([(start + low, start + high)] if high > low else ())
    return spans


def _gaps(text: str) -> list[Span]:
    """What is before, between and after the words."""
    places = [place for match in _WORD.finditer(text) for place in match.span()]
    return list(zip([0, *places[1::2]], [*places[0::2], len(text)], strict=True))
