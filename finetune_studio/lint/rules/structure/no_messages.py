"""F003: the list of messages is missing, is not a list, or is empty."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.domain.example import ExampleKind
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value


class NoMessages(ExampleRule):
    code = "F003"
    name = "No messages"
    severity = Severity.ERROR
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        if not view.is_object:
            return
        value = view.value
        if view.kind is not ExampleKind.PREFERENCE:
            yield from self._check_list(view, context, value, "messages", "/messages")
            return
        prompt = value.get("input")
        if isinstance(prompt, dict):
            yield from self._check_list(view, context, prompt, "messages", "/input/messages")
        elif "input" in value:
            text = "“input” must be an object that holds “messages”; here it is {found}."
            yield self.finding(context, view, text, field="/input", found=kind_of_value(prompt))
        else:
            yield from self._check_list(view, context, {}, "input", "")
        for side in ("preferred_output", "non_preferred_output"):
            yield from self._check_list(view, context, value, side, f"/{side}")

    def _check_list(
        self, view: ExampleView, context: RuleContext, holder: dict[str, Any], key: str, field: str
    ) -> Iterator[Diagnostic]:
        if key not in holder:
            yield self.finding(context, view, "The key “{key}” is missing.", key=key)
            return
        found = holder[key]
        if not isinstance(found, list):
            text = "“{key}” must be a list of messages; here it is {found}."
            yield self.finding(context, view, text, field=field, key=key, found=kind_of_value(found))
        elif not found and key in ("messages", "input"):  # of an empty side V608 speaks
            yield self.finding(context, view, "“{key}” is an empty list.", field=field, key=key)
