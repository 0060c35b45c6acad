"""B404: a tag that far fewer examples have than an even share would give it."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Related, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.statistics import effective_number
from finetune_studio.lint.training import exported
from finetune_studio.lint.words import counted, shown

_MOST = 10
_RELATED = 20


class RareTag(DatasetRule):
    code = "B404"
    name = "Tag under-represented"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.2, "Part of an even share", "Below which a tag is rare.", 0.01, 1.0),
        RuleOption("examples", 30, "Tagged examples needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        if facts.tags is None:
            return
        rows = [row for row, inside in enumerate(exported(facts).tolist()) if inside and facts.tags[row]]
        counts = Counter(tag for row in rows for tag in facts.tags[row])
        if len(counts) < 2 or len(rows) < self.option(context, "examples"):
            return
        even = sum(counts.values()) / len(counts)
        effective = effective_number(list(counts.values()))
        rare = [tag for tag, n in counts.items() if n < even * self.option(context, "share")]
        for tag in sorted(rare, key=lambda tag: (counts[tag], tag))[:_MOST]:
            keys = [int(facts.columns.key[row]) for row in rows if tag in facts.tags[row]]
            yield self.finding(
                context,
                "The tag “{tag}” is on {examples}; an even share would be {even:,.0f}. {tags} tags, as even "
                "as {effective:.1f} equal ones.",
                related=tuple(Related(key) for key in keys[:_RELATED]),
                tag=shown(tag),
                examples=counted(counts[tag], "example"),
                count=counts[tag],
                even=even,
                tags=len(counts),
                effective=effective,
            )
