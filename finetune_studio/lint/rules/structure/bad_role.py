"""F007: a role that the target does not take."""

from collections.abc import Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView, MessageView
from finetune_studio.lint.words import listed, shown

_MEANT = {
    "human": "user",
    "prompter": "user",
    "customer": "user",
    "gpt": "assistant",
    "bot": "assistant",
    "ai": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "developer": "system",
    "instruction": "system",
}
"""What the roles of other formats are called here."""


class BadRole(ShapeRule):
    code = "F007"
    name = "Role that the target does not take"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        allowed = context.limits.roles
        for message in view.messages:
            role = message.value.get("role") if isinstance(message.value, dict) else None
            if not isinstance(role, str) or role in allowed:
                continue
            yield self.finding(
                context,
                view,
                "The role of message {number} is “{role}”; {target} takes {allowed}.",
                at=message,
                field="/role",
                start=0,
                end=len(role),
                fix=_fix(message, role, allowed),
                number=message.index + 1,
                role=shown(role),
                target=context.limits.title,
                allowed=listed(sorted(allowed)),
            )


def _fix(message: MessageView, role: str, allowed: frozenset[str]) -> Fix | None:
    plain = role.strip().lower()
    meant = plain if plain in allowed else _MEANT.get(plain)
    if meant is None or meant not in allowed:
        return None
    edit = Edit(EditOp.REPLACE, f"{message.pointer}/role", meant)
    return Fix(f"Change the role to {meant}", Applicability.UNSAFE, (edit,))
