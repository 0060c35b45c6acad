"""T509: tools of one name that are defined differently in different examples."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.words import shown

_MOST = 100
_RELATED = 20
_BY_DESIGN = 5
"""With more tools than this that differ, and those the greater part, each example has tools of its own."""


class DifferentDefinitions(DatasetRule):
    code = "T509"
    name = "Same tool, different definitions"
    severity = Severity.INFO

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        tools = facts.tools.take(facts.tools.definition != 0)
        order = np.lexsort((tools.definition, tools.name))
        names, definitions = tools.name[order], tools.definition[order]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = (names[1:] != names[:-1]) | (definitions[1:] != definitions[:-1])
        variants = order[is_new]
        if not len(variants):
            return
        starts = np.flatnonzero(np.r_[True, np.diff(tools.name[variants]) != 0])
        found = [group for group in np.split(variants, starts[1:]) if len(group) > 1]
        found.sort(key=lambda group: int(group.min()))
        shared = int((np.unique(tools.name, return_counts=True)[1] > 1).sum())
        if len(found) > _BY_DESIGN and len(found) * 2 > shared:
            yield self.finding(
                context,
                "{count:,} of the {shared:,} tools that several examples define differ between them; "
                "as they should, where each example brings tools of its own.",
                example=int(tools.key[found[0].min()]),
                count=len(found),
                shared=shared,
            )
            return
        for group in found[:_MOST]:
            rows = np.sort(group)
            keys = list(dict.fromkeys(tools.key[rows].tolist()))
            yield self.finding(
                context,
                "The tool “{tool}” has {count:,} different definitions in {examples:,} examples.",
                example=keys[0],
                related=tuple(Related(key) for key in keys[1:_RELATED]),
                tool=shown(facts.texts.get(int(tools.name[rows[0]]), "")),
                count=len(rows),
                examples=int((tools.name == tools.name[rows[0]]).sum()),
            )
