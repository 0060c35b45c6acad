"""B407: some answers are in a language that few others are in."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.answer_languages import language_named
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.language_names import language_name
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import effective_number
from finetune_studio.lint.words import counted, listed

_RELATED = 20
_NAMED = 5


class LanguageImbalance(DatasetRule):
    code = "B407"
    name = "Language under-represented"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.1, "Share of answers", "Below which a language is rare.", 0.001, 0.5),
        RuleOption("answers", 5, "Answers in it", "With fewer, it may be a slip of the detection.", 1),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        column = facts.columns.language
        values, counts = np.unique(column[column != 0], return_counts=True)
        total = int(counts.sum())
        if total < self.option(context, "examples"):
            return
        is_rare = counts < total * self.option(context, "share")
        rare = np.flatnonzero(is_rare & (counts >= self.option(context, "answers")))
        rare = rare[np.argsort(-counts[rare], kind="stable")]
        if not len(rare):
            return
        top = int(counts.argmax())
        rows = np.flatnonzero(np.isin(column, values[rare]))[:_RELATED]
        named = [f"{_named(values[place])} ({counts[place]:,})" for place in rare[:_NAMED].tolist()]
        if len(rare) > _NAMED:
            named.append(counted(len(rare) - _NAMED, "more language"))
        yield self.finding(
            context,
            "{share:.0%} of {total:,} answers are in {common}; few are in {rare}. {languages}, as even as "
            "{effective:.1f} equally frequent ones.",
            related=tuple(Related(key) for key in facts.columns.key[rows].tolist()),
            share=float(counts[top] / total),
            total=total,
            common=_named(values[top]),
            rare=listed(named),
            languages=counted(len(values), "language"),
            effective=effective_number(counts),
        )


def _named(code: int) -> str:
    return language_name(language_named(int(code)))
