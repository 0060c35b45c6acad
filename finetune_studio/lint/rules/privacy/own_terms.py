"""P309: a term from the list that the person keeps: names, projects, customers."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import ClassVar

from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.masks import MASK
from finetune_studio.lint.personal_rule import Personal, PersonalRule
from finetune_studio.lint.rule import ListOption

_FEW = 40
"""Terms up to which each is searched for by itself in the whole batch."""
_WORD = re.compile(r"\w+")


class OwnTerms(PersonalRule):
    code = "P309"
    name = "Term from your own list"
    mask_kind = "term"
    list_options: ClassVar[tuple[ListOption, ...]] = (
        ListOption("terms", (), "terms", "One a line; whole words, capitals do not count."),
    )

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Iterable[int]:
        terms = self.texts_option(context, "terms")
        if not terms:
            return ()
        if len(terms) <= _FEW and all(_is_simple(term) for term in terms):
            return texts.having_any(frozenset(term.lower().encode("ascii") for term in terms))
        first_words = _first_words(terms)
        return [
            index
            for index, text in enumerate(texts.texts)
            if not first_words.isdisjoint(_WORD.findall(text.lower()))
        ]

    def find(self, text: str, context: RuleContext) -> Iterator[Personal]:
        terms = self.texts_option(context, "terms")
        if not terms:
            return
        masks = [match.span() for match in MASK.finditer(text)]
        for match in _pattern(terms).finditer(text):
            if not any(start <= match.start() < end for start, end in masks):
                yield Personal(match.start(), match.end(), match[0].lower(), "a term of your list")


def _is_simple(term: str) -> bool:
    """Whether a search in the bytes of a line finds it, and any other way to write its letters."""
    return re.fullmatch(r"[A-Za-z0-9 .,_-]{2,}", term) is not None and not set(term.lower()) & {"k", "s", "i"}


@lru_cache(maxsize=4)
def _first_words(terms: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for term in terms for word in _WORD.findall(term.lower())[:1])


@lru_cache(maxsize=4)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """The longest term first where two begin alike."""
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
