"""Which language a text is in, when it is long enough to tell."""

import re
from collections.abc import Iterable, Sequence
from string import ascii_letters

from finetune_studio.lint.language_model import language_identifier

_ENGLISH = (
    *(
        " the ",
        " you",
        " and ",
        " of ",
        "ing ",
        " that ",
        " with ",
        " have ",
        " this ",
        " are ",
        "The ",
        "You ",
    ),
    *(
        "What ",
        "what ",
        "I'm ",
        "n't ",
        " it's",
        " there",
        " would ",
        " want ",
        " is a ",
        " to be ",
        "Is there",
    ),
)
"""What hardly any other language has; one settles it."""
_SURE = 0.98
_NONE = "zxx"
"""The code of what is in no language."""
_LETTERS = 60
"""In alphabets that many languages share; scripts of few languages need fewer."""
_LETTERS_OF_OTHERS = 12
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_NUMBERS_AND_SUCH = r"[\d_#/\\=<>{}\[\]|*^~]+|\b[A-Z]{2,}\b"
_NOT_PROSE_BUT_ADDRESSES = re.compile(_NUMBERS_AND_SUCH)
_NOT_PROSE = re.compile(rf"https?://\S+|[\w.]+@[\w.]+|{_NUMBERS_AND_SUCH}")
"""Addresses, numbers, formulas and abbreviations say nothing of the language."""
_NO_LETTERS = bytes(set(range(128)) - set(ascii_letters.encode()))
_NEAR: tuple[frozenset[str], ...] = (
    frozenset({"da", "nb", "nn", "no", "sv"}),
    frozenset({"hr", "bs", "sr", "sl"}),
    frozenset({"id", "ms", "jv"}),
    frozenset({"es", "gl", "pt", "ca", "an", "oc"}),
    frozenset({"cs", "sk"}),
    frozenset({"ru", "uk", "be", "bg", "mk"}),
    frozenset({"nl", "af"}),
    frozenset({"hi", "mr", "ne"}),
    frozenset({"zh", "ja", "yue", "wuu"}),
    frozenset({"ar", "ary", "arz", "fa", "ur", "ps", "ug"}),
    frozenset({"el", "grc"}),
    frozenset({"he", "hbo"}),
    frozenset({"de", "lb"}),
    frozenset({"fr", "wa", "br"}),
)
"""Languages that short texts do not tell apart."""
_NEAR_TO = {
    language: frozenset().union(*(group for group in _NEAR if language in group))
    for language in frozenset().union(*_NEAR)
}


def looks_english(text: str) -> bool:
    """Whether one common word settles it; false says nothing."""
    return any(map(text.__contains__, _ENGLISH))


def english_texts(texts: Sequence[str], which: Iterable[int]) -> set[int]:
    """Those of some indexes whose text looks English."""
    rest = list(which)
    found = set(rest)
    for word in _ENGLISH:
        rest = [index for index in rest if word not in texts[index]]
    return found.difference(rest)


def telling_part(text: str) -> str:
    """What of a text tells its language, or "" when that is too little."""
    may_hold_address = "@" in text or "://" in text
    prose = (_NOT_PROSE if may_hold_address else _NOT_PROSE_BUT_ADDRESSES).sub(" ", text)
    if prose.isascii():
        letters = latin = len(prose.encode().translate(None, _NO_LETTERS))
    else:
        letters = sum(map(str.isalpha, prose))
        latin = len(_LATIN.findall(prose))
    if letters < (_LETTERS if latin * 2 > letters else _LETTERS_OF_OTHERS) or letters * 2 < len(text.strip()):
        return ""
    return prose.lower()


def language_of(part: str) -> str:
    """The code (ISO 639-1) of what `telling_part` gave, or "" when it is not sure."""
    ranked = language_identifier().rank(part)
    best, share = str(ranked[0][0]), float(ranked[0][1])
    near = _NEAR_TO.get(best, frozenset())
    is_sure = (
        share >= _SURE or share + sum(other for language, other in ranked[1:] if language in near) >= _SURE
    )
    return best if is_sure and best != _NONE else ""


def near_to(language: str) -> frozenset[str]:
    """The languages that are easily taken for one, itself among them; none for most."""
    return _NEAR_TO.get(language, frozenset())


def are_near(first: str, second: str) -> bool:
    """Whether the languages are the same, or easily taken for each other."""
    return first == second or second in near_to(first)
