"""Which lines of the sent file a service's error speaks of."""

import re

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)"
_NAMED = re.compile(
    rf"\b(?:examples?|lines?|rows?|records?)\s*(?:numbers?|nos?\.?|#|:)?\s*"
    rf"({_NUMBER}(?:\s*(?:,|,?\s*and|&)\s*{_NUMBER}\b)*)",
    re.IGNORECASE,
)


def examples_named_in(text: str) -> tuple[int, ...]:
    """1-based lines, ascending: of "Example 6174, message 2", "Flagged lines: 4, 13, ...", "line 7".

    A count ("has 7 example(s)", "at least 10 examples") names none.
    """
    found: set[int] = set()
    for match in _NAMED.finditer(text):
        found.update(int(number.replace(",", "")) for number in re.findall(_NUMBER, match[1]))
    return tuple(sorted(found - {0}))
