"""T508: a tool that is defined and never called in the whole dataset."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.words import counted, shown

_MOST = 100
"""Findings at most: a dataset of ten thousand tools needs no longer list."""


class NeverCalled(DatasetRule):
    code = "T508"
    name = "Tool never called"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("examples", 3, "Examples that define it", "A tool in fewer is left alone.", 1),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        tools = facts.tools
        if not len(tools):
            return
        names, first, inverse = np.unique(tools.name, return_index=True, return_inverse=True)
        called = np.bincount(inverse, weights=tools.calls, minlength=len(names))
        defined = np.bincount(inverse, weights=tools.definition != 0, minlength=len(names))
        never = np.flatnonzero((called == 0) & (defined >= self.option(context, "examples")))
        for place in never[np.argsort(first[never])][:_MOST].tolist():
            yield self.finding(
                context,
                "The tool “{tool}” is defined in {examples} and never called.",
                example=int(tools.key[first[place]]),
                tool=shown(facts.texts.get(int(names[place]), "")),
                examples=counted(int(defined[place]), "example"),
            )
