"""S704: the same or nearly the same example on both sides of a split."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.comparing_rule import SCOPE, THRESHOLD, ComparingRule
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import SPLITS, Array, DatasetFacts
from finetune_studio.lint.groups import groups_of
from finetune_studio.lint.near_duplicates import Compared
from finetune_studio.lint.near_grouping import NearGroup
from finetune_studio.lint.near_groups import distinct_groups
from finetune_studio.lint.training import exported
from finetune_studio.lint.words import listed

_TRAIN = SPLITS.index(Split.TRAIN)


class Leakage(ComparingRule):
    code = "S704"
    name = "Same example in two splits"
    severity = Severity.WARNING
    options = (THRESHOLD, SCOPE)
    takes_long = True
    version = 2

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.split is None:
            return
        splits = np.where(facts.split < 0, _TRAIN, facts.split)
        sent = exported(facts) & (facts.columns.n_messages > 0)
        if len(np.unique(splits[sent])) < 2:
            return
        rows = np.flatnonzero(sent)
        for group in groups_of(facts.columns.conversation_hash[rows]):
            same = NearGroup(rows[group], np.ones(len(group), dtype=np.float32))
            yield from self._finding(facts, context, same, splits, "The same conversation")
        compared = Compared(round(self.option(context, SCOPE.key)))
        for near in distinct_groups(facts, compared, self.option(context, THRESHOLD.key), sent):
            yield from self._finding(facts, context, near, splits, "Nearly the same conversation")

    def _finding(
        self, facts: DatasetFacts, context: RuleContext, group: NearGroup, splits: Array, what: str
    ) -> Iterator[Diagnostic]:
        """A finding on the first example that is held out, where the group is on both sides."""
        own = splits[group.rows]
        sides = np.unique(own).tolist()
        if len(sides) < 2:
            return
        keys = facts.columns.key[group.rows].tolist()
        first = int(np.flatnonzero(own != _TRAIN)[0])
        related = [
            Related(key, round(similarity, 3))
            for key, similarity in zip(keys, group.similarity.tolist(), strict=True)
        ]
        related.pop(first)
        yield self.finding(
            context,
            "{what} is in {splits}: the measured loss will look better than it is.",
            example=keys[first],
            related=tuple(related),
            what=what,
            splits=listed([SPLITS[side].value for side in sides]),
        )
