"""R803: two messages of the same role in a row."""

from collections.abc import Iterator
from dataclasses import replace

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ShapeRule
from finetune_studio.lint.view import ExampleView, MessageView

_PLAIN = {"role", "content"}


class SameRoleTwice(ShapeRule):
    code = "R803"
    name = "Same role twice in a row"
    severity = Severity.WARNING
    fix = Applicability.UNSAFE
    grades_itself = True

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        refused = context.limits.no_repeats
        messages = view.messages
        roles = [message.role for message in messages]
        for number in range(1, len(messages)):
            role, before, message = roles[number], messages[number - 1], messages[number]
            if role != roles[number - 1] or before.side != message.side:
                continue
            if role not in ("user", "assistant") and role not in refused:
                continue
            finding = self.finding(
                context,
                view,
                "Messages {first} and {second} are both from the {role}; {consequence}.",
                at=message,
                field="/role",
                fix=_merge(before, message),
                first=before.index + 1,
                second=message.index + 1,
                role=role,
                consequence=f"{context.limits.title} refuses that"
                if role in refused
                else "roles should alternate",
            )
            is_refused = role in refused and self.code not in context.config.severity
            yield replace(finding, severity=Severity.ERROR) if is_refused else finding


def _merge(before: MessageView, message: MessageView) -> Fix | None:
    """Join both texts with an empty line; only where nothing else is in either message."""
    texts = (before.content, message.content)
    if (
        set(before.value) != _PLAIN
        or set(message.value) != _PLAIN
        or not all(isinstance(t, str) for t in texts)
    ):
        return None
    edits = (
        Edit(EditOp.REPLACE, f"{before.pointer}/content", "\n\n".join(texts)),
        Edit(EditOp.REMOVE, message.pointer),
    )
    return Fix("Merge the two messages", Applicability.UNSAFE, edits)
