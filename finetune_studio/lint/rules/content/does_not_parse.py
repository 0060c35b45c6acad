"""Q115: an answer that is to be JSON or Python and does not parse, though the others do."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Location, Severity
from finetune_studio.lint.answer_forms import Form
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import DatasetFacts
from finetune_studio.lint.rule import DatasetRule, RuleOption

_KINDS = (("JSON", Form.JSON, Form.BROKEN_JSON), ("Python", Form.PYTHON, Form.BROKEN_PYTHON))


class DoesNotParse(DatasetRule):
    code = "Q115"
    name = "Answer does not parse"
    severity = Severity.WARNING
    version = 2
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption(
            "share", 0.8, "Share of such answers", "That must parse for the others to be told.", 0.5, 1.0
        ),
        RuleOption("examples", 10, "Such answers needed", "With fewer, nothing is said.", 2),
    )

    def check(self, facts: DatasetFacts, context: RuleContext) -> Iterator[Diagnostic]:
        columns = facts.columns
        for language, whole, broken in _KINDS:
            is_broken = columns.answer_form == broken
            total = int(is_broken.sum() + (columns.answer_form == whole).sum())
            if not is_broken.any() or total < self.option(context, "examples"):
                continue
            share = 1 - int(is_broken.sum()) / total
            if share < self.option(context, "share"):
                continue
            for row in np.flatnonzero(is_broken).tolist():
                fault, index = int(columns.answer_fault[row]), int(columns.answer_index[row])
                key = int(columns.key[row])
                found = self.finding(
                    context,
                    "Message {number} is not valid {language}, as {share:.0%} of {total:,} such answers are.",
                    example=key,
                    number=index + 1,
                    language=language,
                    share=share,
                    total=total,
                )
                yield replace(found, location=Location(key, index, "/content", fault, fault))
