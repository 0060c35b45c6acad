"""F006: a key beside the messages that servers refuse."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp, pointer
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import shown

_MENDED_ELSEWHERE = frozenset({"functions"})
"""F017 turns them into tools."""


class ExtraTopKey(ExampleRule):
    code = "F006"
    name = "Extra key beside the messages"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not view.is_object or not context.limits.extra_keys_refused or view.kind is ExampleKind.OTHER:
            return
        allowed = context.limits.top_keys[view.kind]
        if view.kind is ExampleKind.CONVERSATION:
            allowed |= context.limits.deprecated_keys & _MENDED_ELSEWHERE
        yield from self._check_keys(view, context, view.value, allowed, "")
        prompt = view.value.get("input")
        if view.kind is ExampleKind.PREFERENCE and isinstance(prompt, dict):
            yield from self._check_keys(view, context, prompt, context.limits.input_keys, "/input")

    def _check_keys(
        self,
        view: ExampleView,
        context: RuleContext,
        holder: dict[str, Any],
        allowed: frozenset[str],
        at: str,
    ) -> Iterator[Diagnostic]:
        for key in holder:
            if key in allowed:
                continue
            field = at + pointer(key)
            yield self.finding(
                context,
                view,
                "The example has an extra key “{key}”, which {target} refuses. "
                "Exporting for a target leaves it out.",
                field=field,
                fix=Fix(f"Remove “{shown(key)}”", Applicability.UNSAFE, (Edit(EditOp.REMOVE, field),)),
                key=shown(key),
                target=context.limits.title,
            )
