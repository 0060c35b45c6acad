"""F011: `name` holds characters that it may not, or is too long."""

import re
from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import kind_of_value, shown

_ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_OTHER = re.compile(r"[^a-zA-Z0-9_-]+")


class BadName(ExampleRule):
    code = "F011"
    name = "Wrong name"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            if not isinstance(message.value, dict) or message.value.get("name") is None:
                continue
            name = message.value["name"]
            if isinstance(name, str) and _ALLOWED.fullmatch(name):
                continue
            found = f"“{shown(name)}”" if isinstance(name, str) else kind_of_value(name)
            yield self.finding(
                context,
                view,
                "The name of message {number} is {found}; it must be 1 to 64 letters a to z, digits, _ or -.",
                at=message,
                field="/name",
                fix=_fix(f"{message.pointer}/name", name),
                number=message.index + 1,
                found=found,
            )


def _fix(path: str, name: object) -> Fix | None:
    if not isinstance(name, str):
        return None
    better = _OTHER.sub("_", name).strip("_")[:64]
    if not better:
        return Fix("Remove the name", Applicability.UNSAFE, (Edit(EditOp.REMOVE, path),))
    return Fix(f"Rename to {better}", Applicability.UNSAFE, (Edit(EditOp.REPLACE, path, better),))
