"""Which system prompts are variants of a more frequent one."""

from collections.abc import Mapping
from difflib import SequenceMatcher

_MOST_COMPARED = 200
"""Prompts that are compared with each other, the most frequent first."""
_LONGEST = 3_000
"""Characters of a prompt up to which it is compared; more takes too long."""


def variants_of(
    texts: Mapping[int, str], counts: Mapping[int, int], similar: float, most: int
) -> dict[int, int]:
    """The hash of each variant, with that of the most frequent prompt like it.

    A prompt that more than `most` others are like is a template, and is left out with them.
    """
    known = [value for value in counts if value in texts and len(texts[value]) <= _LONGEST]
    found: dict[int, list[int]] = {}
    for value in sorted(known, key=lambda value: -counts[value])[:_MOST_COMPARED]:
        main = next((main for main in found if _is_like(texts[main], texts[value], similar)), None)
        if main is None:
            found[value] = []
        else:
            found[main].append(value)
    return {value: main for main, own in found.items() if len(own) <= most for value in own}


def _is_like(one: str, other: str, similar: float) -> bool:
    if min(len(one), len(other)) < similar * max(len(one), len(other)):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= similar and matcher.ratio() >= similar
