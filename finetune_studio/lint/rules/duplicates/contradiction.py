"""D203: the same or nearly the same question, with different answers."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.comparing_rule import ComparingRule
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, Array, DatasetFacts
from finetune_studio.lint.groups import first_of_each, groups_of, stars_of
from finetune_studio.lint.near_duplicates import Compared, Sketches
from finetune_studio.lint.near_pairs import joined_members
from finetune_studio.lint.rule import RuleOption
from finetune_studio.lint.word_hashes import mixed
from finetune_studio.lint.words import counted

_QUESTION = RuleOption(
    "question",
    0.9,
    "How similar the questions",
    "Share of runs of three words that two questions have in common; 1: only the same question.",
    0.7,
    1.0,
)
_ANSWER = RuleOption(
    "answer",
    0.3,
    "How similar the answers may be",
    "Answers that have no more than this share of runs of three words in common count as different.",
    0.0,
    1.0,
)
_MOST_ALIKE = 3
"""Questions that are nearly the same: more of them come from a template with other values."""


class Contradiction(ComparingRule):
    code = "D203"
    name = "Same question, different answers"
    severity = Severity.INFO
    version = 2
    options = (_QUESTION, _ANSWER)

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.sketches is None:
            return
        pairs = _different_answers(facts.sketches, _same_context(facts, facts.sketches))
        if self.option(context, _QUESTION.key) < 1:
            near = _same_question(facts, facts.sketches, self.option(context, _QUESTION.key))
            pairs = np.concatenate([pairs, _different_answers(facts.sketches, near)])
        pairs = pairs[facts.sketches.answer_similarities(pairs) <= self.option(context, _ANSWER.key)]
        members, label = joined_members(pairs)
        for group in groups_of((label + 1).astype(np.uint64)):
            keys = facts.columns.key[members[group]].tolist()
            yield self.finding(
                context,
                "{count} the same question as this one, or nearly the same, and another answer.",
                example=keys[0],
                related=tuple(Related(key) for key in keys[1:]),
                count=counted(len(keys) - 1, "example has", "examples have"),
            )


def _same_context(facts: DatasetFacts, sketches: Sketches) -> Array:
    """Each example with the first that has the same words before its last answer, signs and tools."""
    context = mixed(sketches.column("context_hash") + sketches.column("signs_hash"))
    return stars_of(np.where(_comparable(facts), context, np.uint64(0)))


def _same_question(facts: DatasetFacts, sketches: Sketches, threshold: float) -> Array:
    """Pairs of one turn with nearly the same question, the same numbers, signs, tools and system prompt."""
    columns = facts.columns
    likely = sketches.likely_pairs(Compared.QUESTIONS)
    single = _comparable(facts) & (columns.n_turns == 1)
    places = np.flatnonzero(single[likely.rows].all(axis=1))
    for values in (sketches.column("numbers_hash"), sketches.column("signs_hash"), columns.system_hash):
        places = places[_are_equal(values, likely.rows[places])]
    places = places[~_are_equal(sketches.column("question_hash"), likely.rows[places])]
    pairs = likely.rows[places[sketches.similarities_at(likely, places, Compared.QUESTIONS) >= threshold]]
    members, label = joined_members(pairs)
    is_first = first_of_each(label, sketches.column("question_hash")[members])
    distinct = np.bincount(label[is_first], minlength=len(label))
    found_pairs: Array = pairs[distinct[label[np.searchsorted(members, pairs[:, 0])]] <= _MOST_ALIKE]
    return found_pairs


def _are_equal(values: Array, pairs: Array) -> Array:
    found: Array = values[pairs[:, 0]] == values[pairs[:, 1]]
    return found


def _different_answers(sketches: Sketches, pairs: Array) -> Array:
    answers = sketches.column("reply_hash")
    one, other = answers[pairs[:, 0]], answers[pairs[:, 1]]
    different: Array = pairs[(one != other) & (one != 0) & (other != 0)]
    return different


def _comparable(facts: DatasetFacts) -> Array:
    mask: Array = facts.columns.readable & (facts.columns.kind == KINDS.index("conversation"))
    return mask & (facts.columns.n_turns > 0)
