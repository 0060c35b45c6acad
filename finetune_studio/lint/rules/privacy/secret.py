"""P301: a password, an API key or another secret."""

from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.secrets import TRIGGERS, find_secrets
from finetune_studio.lint.words import counted

_SHOWN = 4
"""Characters of a secret that the message repeats; all patterns need 16 or more."""


class Secret(FaultRule):
    code = "P301"
    name = "Secret or API key"
    severity = Severity.ERROR
    version = 2
    fix = Applicability.UNSAFE
    reads = Reads.EVERYTHING
    triggers: ClassVar[tuple[bytes, ...]] = TRIGGERS

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        for secret in find_secrets(text):
            yield Fault(
                secret.start,
                secret.end,
                "holds what looks like {kind} ({beginning}…, {length})",
                {
                    "kind": secret.name,
                    "beginning": text[secret.start : secret.start + _SHOWN],
                    "length": counted(secret.end - secret.start, "character"),
                },
                ((secret.start, secret.end, secret.mask),),
                f"Put {secret.mask} in its place",
            )
