"""F018: an example of a kind that the chosen method does not train on."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_NAMES = {ExampleKind.CONVERSATION: "a conversation", ExampleKind.PREFERENCE: "a preference pair"}
_PREFERENCE_METHODS = frozenset({"dpo"})


class WrongMethod(ExampleRule):
    code = "F018"
    name = "Does not fit the method"
    severity = Severity.ERROR

    def candidates(self, batch: Batch) -> list[int]:
        if batch.context.limits.method in _PREFERENCE_METHODS:
            return list(range(len(batch.lines)))
        return batch.unusual

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        method = context.limits.method
        if not method or view.kind is ExampleKind.OTHER:
            return
        wanted = ExampleKind.PREFERENCE if method in _PREFERENCE_METHODS else ExampleKind.CONVERSATION
        if view.kind is not wanted:
            yield self.finding(
                context,
                view,
                "This is {found}, but the method {method} trains on {wanted}s.",
                found=_NAMES[view.kind],
                method=method,
                wanted=_NAMES[wanted].removeprefix("a "),
            )
