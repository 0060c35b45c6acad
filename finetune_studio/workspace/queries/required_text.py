"""What is read off a regular expression to search faster; anything but common syntax only costs time."""

import re
from string import ascii_letters, digits

MOST = 8
"""Alternatives that are looked for; beyond, searching is as quick."""
_SHORTEST = 2
_PLAIN = frozenset(ascii_letters + digits + " -_,:;!'=<>@%&~#")
"""Characters that stand for themselves in a pattern and in JSON."""
_SIMPLE_ESCAPES = frozenset("bBwWdDsSAZntrfv")
_GROUP = re.compile(r"\((?:\?:|\?P?<(?![=!])\w+>|(?![?*]))")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d+)(?:,\d*)?\}|\{,\d+\})[?+]?")
_WORD_FIRST = re.compile(r"(?:\\w\+|\((?:\?:|\?P?<\w+>)?\\w\+\))(?![*+?{])")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\[\\])*\]", re.DOTALL)
_BACK_REFERENCE = re.compile(r"\\[1-9]\d?")


class _UnknownError(Exception):
    """Syntax that is not understood here."""


def required_texts(pattern: str) -> tuple[str, ...]:
    """Texts one of which stands in whatever matches, as the pattern has them; () where none is known."""
    try:
        found, end = _Reader(pattern).alternatives(0)
        if end < len(pattern):
            return ()
    except _UnknownError:
        return ()
    return found


def quicker(pattern: str) -> str:
    """A pattern with the same matches that need not be tried in the middle of words.

    What begins with `\\w+` and matches from within a word matches from the character before, too: a match
    begins at the edge of a word or where the search does.
    """
    if _WORD_FIRST.match(pattern) is None or _BACK_REFERENCE.search(pattern) or not required_texts(pattern):
        return pattern
    _found, end = _Reader(pattern).branch(0)
    return rf"(?:\b|\G){pattern}" if end == len(pattern) else pattern


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def alternatives(self, at: int) -> tuple[tuple[str, ...], int]:
        """What `a|b|c` from a place on requires, and where it ends: at the end or a closing bracket."""
        branches: list[tuple[str, ...]] = []
        while True:
            found, at = self.branch(at)
            branches.append(found)
            if self._pattern[at : at + 1] != "|":
                break
            at += 1
        if not all(branches):
            return (), at
        texts = {text for branch in branches for text in branch}
        shortest = [text for text in texts if not any(other in text for other in texts if other != text)]
        return (tuple(sorted(shortest)), at) if len(shortest) <= MOST else ((), at)

    def branch(self, at: int) -> tuple[tuple[str, ...], int]:
        """The same of one alternative."""
        best: tuple[str, ...] = ()
        run = ""
        pattern = self._pattern
        while at < len(pattern) and pattern[at] not in "|)":
            inner: tuple[str, ...] = ()
            literal = ""
            if pattern[at] == "(":
                inner, at = self._group(at)
            else:
                literal, at = self._single(at)
            least, is_repeated, at = self._quantifier(at)
            if literal and least:
                run += literal
            best = _better(best, (run,) if len(run) >= _SHORTEST else ())
            if not literal or not least or is_repeated:
                run = ""
            if least:
                best = _better(best, inner)
        return best, at

    def _group(self, at: int) -> tuple[tuple[str, ...], int]:
        begin = _GROUP.match(self._pattern, at)
        if begin is None:
            raise _UnknownError
        found, end = self.alternatives(begin.end())
        if self._pattern[end : end + 1] != ")":
            raise _UnknownError
        return found, end + 1

    def _single(self, at: int) -> tuple[str, int]:
        """A character that stands for itself ("" for what stands for others), and where it ends."""
        character = self._pattern[at]
        if character in _PLAIN:
            return character, at + 1
        if character == "[":
            found = _CLASS.match(self._pattern, at)
            if found is None:
                raise _UnknownError
            return "", found.end()
        if character != "\\":
            if character in "*+?{":
                raise _UnknownError
            return "", at + 1
        escaped = self._pattern[at + 1 : at + 2]
        if escaped in _SIMPLE_ESCAPES and escaped:
            return "", at + 2
        if escaped and escaped in _PLAIN and not escaped.isalnum():
            return escaped, at + 2
        if escaped and not escaped.isalnum():
            return "", at + 2
        back = _BACK_REFERENCE.match(self._pattern, at)
        if back is None:
            raise _UnknownError
        return "", back.end()

    def _quantifier(self, at: int) -> tuple[int, bool, int]:
        """How often at least, whether there is a quantifier, and where it ends."""
        if self._pattern[at : at + 1] not in ("*", "+", "?", "{"):
            return 1, False, at
        found = _QUANTIFIER.match(self._pattern, at)
        if found is None or self._pattern[found.end() : found.end() + 1] in ("*", "+", "?", "{"):
            raise _UnknownError
        least = int(found[1]) if found[1] else int(found[0][0] == "+")
        return least, True, found.end()


def _better(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """The one that fewer texts hold: longer, or of fewer alternatives."""
    return max(first, second, key=lambda texts: (min(map(len, texts), default=0), -len(texts)))
