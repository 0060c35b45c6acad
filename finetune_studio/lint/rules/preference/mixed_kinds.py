"""V606: preference pairs and conversations in one export."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import KINDS, DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import exported
from finetune_studio.lint.words import counted


class MixedKinds(DatasetRule):
    code = "V606"
    name = "Pairs and conversations mixed"
    severity = Severity.ERROR

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        kinds = np.where(exported(facts), facts.columns.kind, KINDS.index("other"))
        rows = [np.flatnonzero(kinds == KINDS.index(kind)) for kind in ("conversation", "preference")]
        counts = [len(found) for found in rows]
        if not all(counts):
            return
        rarer = rows[int(counts[1] < counts[0])]
        yield self.finding(
            context,
            "The export would hold {chats} and {pairs}; a file for training holds one kind.",
            example=int(facts.columns.key[rarer[0]]),
            chats=counted(counts[0], "conversation"),
            pairs=counted(counts[1], "preference pair"),
        )
