"""V602: the answers of a pair are nearly the same."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import ClassVar

import regex

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import PairRule, exact_text_of, is_pair, other_parts, side_of, text_of
from finetune_studio.lint.rule import RuleOption
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import counted

_WORD = regex.compile(r"[\w\p{M}]+|\p{S}\p{M}*|(?<!\p{L})-|-(?!\p{L})|[*/#%&\\]")
"""Words, and signs that make another meaning: not punctuation."""
_MOST_WORDS = 2_000
"""Words that are compared in order; longer answers by their words alone."""


class NearlyEqualAnswers(PairRule):
    code = "V602"
    name = "Answers nearly the same"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("similarity", 0.95, "Similarity", "Share of the words that stand in both.", 0.5, 1.0),
        RuleOption("words", 20, "Words needed", "In shorter answers one word may be the point.", 1),
    )

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not is_pair(view):
            return
        good, bad = side_of(view, "preferred"), side_of(view, "non_preferred")
        texts = text_of(good), text_of(bad)
        is_same = exact_text_of(good) == exact_text_of(bad)  # V601 says it
        if not texts[0] or not bad or is_same or other_parts(good) != other_parts(bad):
            return
        words = [_WORD.findall(text.casefold()) for text in texts]
        if words[0] == words[1]:
            text = "The answers differ in case, punctuation and spaces only."
            yield self.finding(context, view, text, at=bad[0], field="/content", similarity=1.0)
            return
        wanted = self.option(context, "similarity")
        if min(map(len, words)) < self.option(context, "words"):
            return
        share = _similarity(words[0], words[1], wanted)
        if share >= wanted:
            yield self.finding(
                context,
                view,
                "The answers share {share:.0%} of their words ({different} not in both).",
                at=bad[0],
                field="/content",
                share=share,
                different=counted(_different(words[0], words[1]), "word"),
            )


def _different(one: Sequence[str], other: Sequence[str]) -> int:
    """Words of the longer answer that the other has not."""
    shared = sum((Counter(one) & Counter(other)).values())
    return max(len(one), len(other)) - shared


def _similarity(one: Sequence[str], other: Sequence[str], wanted: float) -> float:
    """2 x shared / all, in order where the answers are not too long for that."""
    total = len(one) + len(other)
    bound = 2 * sum((Counter(one) & Counter(other)).values()) / total
    if bound < wanted or max(len(one), len(other)) > _MOST_WORDS:
        return bound
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
