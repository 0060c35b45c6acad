"""S704: the same example on both sides of a split."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import SPLITS, DatasetFacts
from finetune_studio.lint.groups import groups_of
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import exported
from finetune_studio.lint.words import listed


class Leakage(DatasetRule):
    code = "S704"
    name = "Same example in two splits"
    severity = Severity.WARNING

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.split is None:
            return
        columns = facts.columns
        splits = np.where(facts.split < 0, SPLITS.index(Split.TRAIN), facts.split)
        rows = np.flatnonzero(exported(facts) & (columns.n_messages > 0))
        for group in groups_of(columns.conversation_hash[rows]):
            sides = sorted(set(splits[rows[group]].tolist()))
            if len(sides) < 2:
                continue
            held_out = rows[group][splits[rows[group]] != SPLITS.index(Split.TRAIN)]
            first = int(columns.key[held_out[0]])
            others = [key for key in columns.key[rows[group]].tolist() if key != first]
            yield self.finding(
                context,
                "The same conversation is in {splits}: the measured loss will look better than it is.",
                example=first,
                related=tuple(Related(key) for key in others),
                splits=listed([SPLITS[side].value for side in sides]),
            )
