"""B413: all answers begin or end with the same word."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.groups import most_common
from finetune_studio.lint.rule import DatasetRule, RuleOption
from finetune_studio.lint.words import shown

_MARKUP_FIRST = "{[<`|#"
_MARKUP_LAST = "}]>`|"


class SharedEnds(DatasetRule):
    code = "B413"
    name = "Answers share a prefix or suffix"
    severity = Severity.WARNING
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("share", 0.95, "Share of answers", "That begin, or end, with the same.", 0.5, 1.0),
        RuleOption("examples", 30, "Answers needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        total = int((columns.opening_hash != 0).sum())
        if total < self.option(context, "examples"):
            return
        least = total * self.option(context, "share")
        first = _shared(columns.opening_hash, facts.openings, least) or _shared(
            columns.first_word_hash, facts.texts, least
        )
        last = _shared(columns.last_word_hash, facts.texts, least)
        if first is not None and first[0][:1] not in _MARKUP_FIRST:
            yield self._finding(context, "begin", first, total)
        if last is not None and last[0][-1:] not in _MARKUP_LAST:
            yield self._finding(context, "end", last, total)

    def _finding(self, context: RuleContext, verb: str, shared: tuple[str, int], total: int) -> Diagnostic:
        return self.finding(
            context,
            "{count:,} of {total:,} answers ({share:.0%}) {verb} with “{words}”: the model will write it "
            "always, and needs no example for that.",
            count=shared[1],
            total=total,
            share=shared[1] / total,
            verb=verb,
            words=shown(shared[0]),
        )


def _shared(hashes: Array, texts: dict[int, str], least: float) -> tuple[str, int] | None:
    """The text of the commonest hash and its count, where that reaches `least`."""
    value, count = next(iter(most_common(hashes)), (0, 0))
    return (texts[value], count) if count >= least and value in texts else None
