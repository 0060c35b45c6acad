"""Telling prose from code within a text, places kept."""

import re

_CODE = re.compile(r"^[ \t]{0,3}(```|~~~)[\s\S]*?(?:^[ \t]{0,3}\1|\Z)|```[\s\S]*?```|`[^`\n]{1,400}`", re.M)
_CODE_LINE = re.compile(
    r"^\s*(?:[{}()\[\];]+|(?:def|class|import|from|return|const|let|var|function|public|private|static|for|while"
    r"|if|#include|SELECT|INSERT|UPDATE|package|using)\b.*[;:{}()]|.*[;{}]|(?://|#!|<!--|/\*).*)\s*$"
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


def without_code(text: str) -> str:
    """The text with fenced blocks and code in backticks as spaces (line ends are kept)."""
    if "`" not in text and "~~~" not in text:
        return text
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def is_code(text: str) -> bool:
    """Whether most lines of a text without fences look like code."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and sum(_CODE_LINE.match(line) is not None for line in lines) > len(lines) / 2


def sentences(text: str) -> list[tuple[int, int]]:
    """Places of what lies between ends of sentences or lines, without white space at the edges."""
    found = []
    for match in _SENTENCE.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        end = match.start() + len(match[0].rstrip())
        if end > start:
            found.append((start, end))
    return found
