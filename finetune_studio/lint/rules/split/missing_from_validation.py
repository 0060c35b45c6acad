"""S705: a label or a tag of the training data is not in the validation data."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.split import Split
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array, DatasetFacts
from finetune_studio.lint.labels import labels_of
from finetune_studio.lint.rule import DatasetRule
from finetune_studio.lint.training import in_split
from finetune_studio.lint.words import listed, shown

_MOST_LABELS = 20
_NAMED = 5


class MissingFromValidation(DatasetRule):
    code = "S705"
    name = "Missing from validation"
    severity = Severity.INFO

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        train, validation = in_split(facts, Split.TRAIN), in_split(facts, Split.VALIDATION)
        if not validation.any():
            return  # S703 says it
        if labels_of(facts, _MOST_LABELS):
            yield from self._findings(context, "label", _labels(facts, train) - _labels(facts, validation))
        yield from self._findings(context, "tag", _tags(facts, train) - _tags(facts, validation))

    def _findings(self, context: RuleContext, what: str, missing: Iterable[str]) -> Iterator[Diagnostic]:
        names = sorted(missing)
        if not names:
            return
        named = [f"“{shown(name)}”" for name in names[:_NAMED]]
        if len(names) > _NAMED:
            named.append(f"{len(names) - _NAMED:,} more")
        yield self.finding(
            context,
            "Not in the validation split: the {what}{plural} {names}.",
            what=what,
            plural="" if len(names) == 1 else "s",
            names=listed(named),
        )


def _labels(facts: DatasetFacts, mask: Array) -> set[str]:
    part = replace(facts, columns=facts.columns.take(mask))
    found = set(part.columns.answer_hash.tolist())
    return {text for value, text in facts.answers.items() if value in found}


def _tags(facts: DatasetFacts, mask: Array) -> set[str]:
    if facts.tags is None:
        return set()
    return {tag for tags, inside in zip(facts.tags, mask.tolist(), strict=True) if inside for tag in tags}
