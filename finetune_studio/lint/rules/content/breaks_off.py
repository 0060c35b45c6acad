"""Q108: an answer that stops in the middle of a sentence."""

import re
from collections.abc import Iterator
from string import ascii_letters, whitespace

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.answer_languages import language_by_words
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.languages import looks_english
from finetune_studio.lint.prose import is_code, without_code
from finetune_studio.lint.words import shown

_SHORT = 40
_LONG = 150
_VERY_LONG = 300
_ENGLISH_ONLY = frozenset(
    {
        *("the", "and", "because", "if", "your", "their", "whose", "very", "I'm", "I’m", "i'm", "i’m"),
        *("I'll", "I’ll", "i'll", "i’ll", "I've", "I’ve", "i've", "i’ve", "it's", "it’s", "we're", "we’re"),
        *("you're", "you’re", "they're", "they’re", "what's", "what’s", "let's", "let’s", "however"),
    }
)
"""Words that end no sentence, and that no other language has."""
_NEVER_LAST = _ENGLISH_ONLY | {"a", "an", "or", "but", "than", "my", "our", "i", "I", "into"}
_SELDOM_LAST = frozenset(
    {
        *("of", "to", "for", "with", "from", "about", "on", "at", "by"),
        *("as", "that", "which", "who", "when", "where", "while", "is", "are"),
        *("was", "were", "be", "been", "has", "have", "had", "this", "these"),
        *("those", "can", "could", "will", "would", "should", "may", "might", "not"),
        *("also", "between", "through", "such"),
    }
)
_MAY_BREAK = np.isin(
    np.arange(256), [*(ascii_letters + whitespace + "\x1c\x1d\x1e\x1f,(").encode(), *range(128, 256)]
)
"""By the last byte of a text."""
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]?\s+(?=\S)")
_ENDED = re.compile(r"[.!?:][\"'”’)\]]?$")
_NUMBERED = re.compile(r"\b[A-Z]\w*$")
"""World War, Elizabeth, Part: what comes is a number."""
_ITEM = re.compile(r"\s*(?:[-*•#–]|\(?\w{1,3}[.):])\s*")


class BreaksOff(FaultRule):
    code = "Q108"
    name = "Answer breaks off"
    severity = Severity.WARNING
    version = 2
    reads = Reads.ANSWERS

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        return np.flatnonzero(_MAY_BREAK[texts.last_bytes] & (texts.lengths >= _SHORT))

    def suspicious(self, text: str) -> bool:
        if len(text) < _SHORT:
            return False
        last = text[-1]
        if last.isspace():
            last = text.rstrip()[-1:]
        return last.isalpha() or last == "," or last == "("

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        whole = text.rstrip()
        line = whole[whole.rfind("\n") + 1 :]
        word = line.split()[-1] if line.strip() else ""
        if not _breaks(whole, line, word) or is_code(whole) or without_code(whole).rstrip() != whole:
            return
        start = max(len(whole) - len(word), 0)
        yield Fault(start, len(whole), "breaks off: “{tail}”", {"tail": "…" + shown(whole[-36:].lstrip())})


def _breaks(whole: str, line: str, word: str) -> bool:
    is_long = len(whole) >= _LONG
    if is_long and word[-1:] in ",(":
        return True
    before = line[: -len(word)].rstrip() if word else ""
    small = _begun(before, word)
    if (small in _NEVER_LAST or (is_long and small in _SELDOM_LAST)) and _is_english(whole, small):
        return not (word == "I" and _NUMBERED.search(before))
    if len(whole) < _VERY_LONG or "/" in word or "." in word or word[-1:] in ",(":
        return False
    item = _ITEM.match(line)
    prose = line[item.end() :] if item else line
    return bool(_SENTENCE_END.search(prose)) and prose[-1:].islower()


def _begun(before: str, word: str) -> str:
    """The word, with a small letter where it begins a sentence; “A” and “OR” are names."""
    begins = len(word) > 1 and word[1:].islower() and (not before or _ENDED.search(before) is not None)
    return word.lower() if begins else word


def _is_english(text: str, word: str) -> bool:
    """Whether the text is, as far as its common words tell it, or else the word."""
    told = language_by_words(text)
    return told == "en" if told else word in _ENGLISH_ONLY or looks_english(text)
