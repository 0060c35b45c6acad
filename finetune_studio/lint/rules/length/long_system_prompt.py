"""L103: the system prompt is longer than all the rest."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import ROLES
from finetune_studio.lint.rule import ExampleRule, RuleOption
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_SYSTEM = ("system", "developer")


class LongSystemPrompt(ExampleRule):
    code = "L103"
    name = "System prompt longer than the rest"
    severity = Severity.INFO
    options: ClassVar[tuple[RuleOption, ...]] = (
        RuleOption("tokens", 200, "Tokens from which it counts", "Shorter system prompts are left alone."),
    )

    def candidates(self, batch: Batch) -> list[int]:
        counts = batch.columns.role_tokens
        system = counts[:, [ROLES.index(role) for role in _SYSTEM]].sum(axis=1)
        is_long = (system * 2 > counts.sum(axis=1)) & (system >= self.option(batch.context, "tokens"))
        found: list[int] = np.flatnonzero(is_long).tolist()
        return found

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        counts = view.by_role
        system = sum(counts.get(role, 0) for role in _SYSTEM)
        rest = sum(counts.values()) - system
        if system <= rest or system < self.option(context, "tokens"):
            return
        at = view.first_of(_SYSTEM)
        if at is None:
            return
        yield self.finding(
            context,
            view,
            "The system prompt has {system:,} tokens, the rest {rest:,}; each epoch pays for it again.",
            at=at,
            field="/content",
            system=system,
            rest=rest,
        )
