"""What is looked for, as a query of the full text."""

import re


def match_query(text: str) -> str | None:
    """The text as a query of FTS5, or None where only reading the bodies finds it."""
    words = re.findall(r"[^\W_]+", text)
    if not words or any(_has_no_spaces(word) for word in words):
        return None
    begun = re.search(r"[^\W_]{2}$", text) is not None
    return '"' + " ".join(words) + '"' + ("*" if begun else "")


def _has_no_spaces(word: str) -> bool:
    """Whether a word has letters of Chinese, Japanese, Thai or the like, which FTS5 does not part."""
    return any("\u0e00" <= c <= "\u0eff" or "\u3040" <= c <= "\u9fff" or c >= "\U00020000" for c in word)
