"""D205: one answer for many different questions."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.comparing_rule import ComparingRule
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.groups import first_of_each, groups_of
from finetune_studio.lint.rule import RuleOption

_QUESTIONS = RuleOption(
    "questions", 5, "Different questions", "An answer is reported from so many questions on.", 2, 1_000_000
)
_TOKENS = RuleOption(
    "tokens", 15, "Length of the answer", "Shorter answers, such as labels, are left out (tokens).", 1, 1_000
)


class RepeatedAnswer(ComparingRule):
    code = "D205"
    name = "One answer for many questions"
    severity = Severity.INFO
    version = 2
    options = (_QUESTIONS, _TOKENS)

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.sketches is None:
            return
        columns = facts.columns
        is_long = columns.answer_tokens >= self.option(context, _TOKENS.key)
        rows = np.flatnonzero(columns.is_only_answer & is_long & (columns.n_turns == 1))
        least = self.option(context, _QUESTIONS.key)
        rows = rows[_shared(columns.answer_hash[rows], least)]
        rows = rows[first_of_each(columns.answer_hash[rows], facts.sketches.column("question_hash")[rows])]
        for group in groups_of(columns.answer_hash[rows]):
            if len(group) < least:
                continue
            keys = columns.key[rows[group]].tolist()
            yield self.finding(
                context,
                "{count:,} different questions have exactly this answer: the model learns to give it "
                "whatever is asked.",
                example=keys[0],
                related=tuple(Related(key) for key in keys[1:]),
                count=len(keys),
            )


def _shared(values: Array, least: float) -> Array:
    """Whether so many rows at the least have the value of each."""
    _, number, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Array = counts[number] >= least
    return found
