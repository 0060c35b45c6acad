"""B406: one system prompt, or one way to open a conversation, dominates."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.groups import most_common
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import effective_number
from finetune_studio.lint.words import counted, shown

_TEMPLATE = 0.98
"""Share from which an opening is a template that all examples are meant to have."""


class DominantPrompt(DatasetRule):
    code = "B406"
    name = "One prompt dominates"
    severity = Severity.INFO
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "system", 0.9, "Share of one system prompt", "Where there are others beside it.", 0.3, 1.0
        ),
        RuleOption("opening", 0.3, "Share of one opening", "Of users, by the first three words.", 0.05, 1.0),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        for value, count, counts in self._dominant(columns.system_hash, "system", 1.0, context):
            yield self.finding(
                context,
                "{share:.0%} of {total:,} system prompts are “{words}”; {others} the rest "
                "(as even as {effective:.1f} equal ones), so what {they} for is hardly learned.",
                share=count / sum(counts),
                total=sum(counts),
                words=shown(facts.texts.get(value, "…")),
                others="the only other one has"
                if len(counts) == 2
                else f"the other {len(counts) - 1:,} share",
                they="that asks" if len(counts) == 2 else "they ask",
                effective=effective_number(counts),
            )
        for value, count, counts in self._dominant(
            columns.question_opening_hash, "opening", _TEMPLATE, context
        ):
            yield self.finding(
                context,
                "{share:.0%} of {total:,} users open with “{words} …”; there are {openings} (as even as "
                "{effective:,.1f} equally frequent ones).",
                share=count / sum(counts),
                total=sum(counts),
                words=shown(facts.texts.get(value, "…")),
                openings=counted(len(counts), "opening"),
                effective=effective_number(counts),
            )

    def _dominant(
        self, hashes: Array, option: str, below: float, context: RuleContext
    ) -> Iterator[tuple[int, int, list[int]]]:
        """(hash, its count, all counts) of the commonest where its share is from the option to `below`."""
        found = most_common(hashes)
        counts = [count for _, count in found]
        total = sum(counts)
        if total < self.option(context, "examples") or len(found) < 2:
            return
        value, count = found[0]
        if self.option(context, option) <= count / total < below:
            yield value, count, counts
