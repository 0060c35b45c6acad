"""F008: content missing, null without tool calls, or of a wrong type."""

from collections.abc import Iterator
from typing import Any

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import kind_of_value, shown

_INSTEAD = ("tool_calls", "function_call", "refusal")
"""What an assistant message may hold in place of content."""


class BadContent(ExampleRule):
    code = "F008"
    name = "Content missing or of a wrong type"
    severity = Severity.ERROR
    version = 2

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            if not isinstance(message.value, dict):
                continue
            for field, problem in _problems(message):
                text = "Message {number}: {problem}."
                yield self.finding(
                    context, view, text, at=message, field=field, number=message.index + 1, problem=problem
                )


def _problems(message: MessageView) -> Iterator[tuple[str, str]]:
    value: dict[str, Any] = message.value
    content = value.get("content")
    if content is None:
        if message.role == "assistant" and any(value.get(key) for key in _INSTEAD):
            return
        if "content" not in value:
            yield "", "“content” is missing"
        elif message.role == "assistant":
            yield "/content", "“content” is null and there is no tool call"
        else:
            yield "/content", "“content” must be a text; here it is null"
    elif isinstance(content, list):
        yield from _part_problems(content, message.role == "assistant")
    elif not isinstance(content, str):
        yield "/content", f"“content” must be a text or a list of parts; here it is {kind_of_value(content)}"


def _part_problems(parts: list[Any], is_answer: bool) -> Iterator[tuple[str, str]]:
    if not parts:
        yield "/content", "“content” is an empty list"
    for number, part in enumerate(parts):
        field = f"/content/{number}"
        if not isinstance(part, dict):
            yield field, f"part {number + 1} must be an object; here it is {kind_of_value(part)}"
        elif not isinstance(part.get("type"), str):
            yield field, f"part {number + 1} has no “type”"
        elif part["type"] in ("text", "refusal"):
            if not isinstance(part.get(part["type"]), str):
                yield field, f"part {number + 1} has no “{part['type']}”"
        elif is_answer and part["type"] != "image_url":  # F016 says more of images
            yield (
                field,
                f"part {number + 1} is of type “{shown(part['type'])}”; an answer holds texts and refusals",
            )
