"""L101: more tokens than the model reads of one example; the rest is cut."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView


class OverTokenLimit(ExampleRule):
    code = "L101"
    name = "Over the model's tokens per example"
    severity = Severity.WARNING

    def candidates(self, batch: Batch) -> list[int]:
        limit = batch.context.limits.max_tokens
        if limit is None:
            return []
        found: list[int] = np.flatnonzero(batch.columns.longest > limit).tolist()
        return found

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        limit = context.limits.max_tokens
        if limit is None or view.tokens is None or view.tokens.longest <= limit:
            return
        first, is_trained_cut = _first_cut(view, limit)
        yield self.finding(
            context,
            view,
            "{about}{tokens:,} tokens; {model} reads {limit:,} of an example. The last {cut:,} are cut, "
            "{consequence}.",
            at=None if first is None else view.messages[first],
            about="About " if view.tokens.about else "",
            tokens=view.tokens.longest,
            model=context.limits.model,
            limit=limit,
            cut=view.tokens.longest - limit,
            consequence="text to be learned among them" if is_trained_cut else "none of them to be learned",
        )


def _first_cut(view: ExampleView, limit: int) -> tuple[int | None, bool]:
    """The first message that does not fit whole, and whether one that is trained on is cut."""
    tokens = view.tokens
    if tokens is None or view.kind is not ExampleKind.CONVERSATION:
        return None, True
    passed = 3 + tokens.tools
    first: int | None = None
    for message, count in zip(view.messages, tokens.by_message, strict=False):
        passed += count
        if passed <= limit:
            continue
        first = message.index if first is None else first
        if message.is_trained:
            return first, True
    return first, False
