"""B401: answers are labels, and some are far rarer than others."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.labels import labels_of
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import effective_number
from finetune_studio.lint.words import shown


class LabelImbalance(DatasetRule):
    code = "B401"
    name = "Labels out of balance"
    severity = Severity.WARNING
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "ratio",
            4.0,
            "Largest to smallest",
            "How many times the rarest label the commonest may have.",
            1.1,
        ),
        RuleOption(
            "labels", 20, "Labels at most", "With more different answers, they are no labels.", 2, 200
        ),
        RuleOption("examples", 30, "Examples needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        labels = labels_of(facts, int(self.option(context, "labels")))
        total = sum(labels.values())
        if len(labels) < 2 or total < self.option(context, "examples"):
            return
        names = list(labels)
        most, least = labels[names[0]], labels[names[-1]]
        if most <= least * self.option(context, "ratio"):
            return
        yield self.finding(
            context,
            "“{common}” is the answer {most:,} times, “{rare}” only {least:,}; the model will lean to the "
            "former. {labels} labels, as even as {effective:.1f} equal ones.",
            common=shown(names[0]),
            most=most,
            rare=shown(names[-1]),
            least=least,
            labels=len(labels),
            effective=effective_number(list(labels.values())),
        )
