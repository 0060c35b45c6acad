"""P301: a password, an API key or another secret."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import TextRule
from finetune_studio.lint.secrets import TRIGGERS, find_secrets
from finetune_studio.lint.view import ExampleView
from finetune_studio.lint.words import counted

_SHOWN = 4
"""Characters of a secret that the message repeats; all patterns need 16 or more."""


class Secret(TextRule):
    code = "P301"
    name = "Secret or API key"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE
    triggers: ClassVar[tuple[bytes, ...]] = TRIGGERS

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message, field, text in view.all_texts:
            for secret in find_secrets(text):
                edit = Edit(
                    EditOp.SPLICE,
                    message.pointer + field,
                    secret.mask,
                    start=secret.start,
                    end=secret.end,
                )
                yield self.finding(
                    context,
                    view,
                    "Message {number} holds what looks like {kind} ({beginning}…, {length}).",
                    at=message,
                    field=field,
                    start=secret.start,
                    end=secret.end,
                    fix=Fix(f"Put {secret.mask} in its place", Applicability.UNSAFE, (edit,)),
                    number=message.index + 1,
                    kind=secret.name,
                    beginning=text[secret.start : secret.start + _SHOWN],
                    length=counted(secret.end - secret.start, "character"),
                )
