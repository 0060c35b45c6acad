"""B411: tools are called in nearly all of the examples that offer them, or in hardly any."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.distinct import distinct
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption


class ToolShare(DatasetRule):
    code = "B411"
    name = "Share of tool use"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("most", 0.98, "Largest share", "Of examples with tools, that call one.", 0.5, 1.0),
        RuleOption("least", 0.05, "Smallest share", "Of examples with tools, that call one.", 0, 0.5),
        RuleOption("examples", 30, "Examples with tools needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        tools = facts.tools
        offering = distinct(tools.key[tools.definition != 0])
        if len(offering) < self.option(context, "examples"):
            return
        calling = int(np.isin(offering, tools.key[tools.calls > 0]).sum())
        share = calling / len(offering)
        if share > self.option(context, "most"):
            text = "{what} call one: the model hardly sees when to do without."
        elif share < self.option(context, "least"):
            text = "{what} call one: the model learns to leave tools alone."
        else:
            return
        what = f"{calling:,} of the {len(offering):,} examples that offer tools ({share:.0%})"
        yield self.finding(context, text, what=what, calling=calling, offering=len(offering), share=share)
