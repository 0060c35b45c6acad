"""Two changes of one text, brought together where they do not touch."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

MAX_WORDS = 3_000
"""Words that are compared one by one; in longer texts the stretch that differs counts as one change."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_Hunk = tuple[int, int, str]
"""Code points of the common text that go, and what comes in their place."""


def merge_texts(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of `base` in one text; None where they change the same words.

    Two changes that touch are one place: nobody could say which comes first.
    """
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    hunks = sorted({*_hunks(base, mine), *_hunks(base, theirs)})
    for (_, end, _), (start, _, _) in pairwise(hunks):
        if start <= end:
            return None
    merged, at = [], 0
    for start, end, text in hunks:
        merged += [base[at:start], text]
        at = end
    return "".join([*merged, base[at:]])


def _hunks(base: str, other: str) -> list[_Hunk]:
    head, tail = _shared_ends(base, other)
    old, new = base[head : len(base) - tail], other[head : len(other) - tail]
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) > MAX_WORDS or len(right) > MAX_WORDS:
        return [(head, head + len(old), new)]
    places = [head]
    for word in left:
        places.append(places[-1] + len(word))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [
        (places[first], places[last], "".join(right[start:end]))
        for kind, first, last, start, end in matcher.get_opcodes()
        if kind != "equal"
    ]


def _shared_ends(base: str, other: str) -> tuple[int, int]:
    """Lengths of the common start and end, back to where a word begins and ends."""
    limit = min(len(base), len(other))
    head = next((n for n in range(limit) if base[n] != other[n]), limit)
    while head and not base[head - 1].isspace():
        head -= 1
    rest = limit - head
    tail = next((n for n in range(rest) if base[-1 - n] != other[-1 - n]), rest)
    while tail and not base[len(base) - tail].isspace():
        tail -= 1
    return head, tail
