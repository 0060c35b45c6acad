"""D201: the same conversation more than once."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.groups import groups_of
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.words import counted


class ExactDuplicate(DatasetRule):
    code = "D201"
    name = "Exact duplicate"
    severity = Severity.WARNING

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        rows = np.flatnonzero(columns.readable & (columns.n_messages > 0))
        for group in groups_of(columns.conversation_hash[rows]):
            keys = columns.key[rows[group]].tolist()
            copies = len(keys) - 1
            yield self.finding(
                context,
                "The same conversation is here {times} more: it counts {total:,} times in training.",
                example=keys[0],
                related=tuple(Related(key) for key in keys[1:]),
                times=counted(copies, "time"),
                total=copies + 1,
            )
