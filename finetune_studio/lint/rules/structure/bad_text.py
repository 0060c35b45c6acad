"""F014: bytes that are not UTF-8, half a surrogate pair, or the character NUL."""

import re
from collections.abc import Iterable, Iterator

from finetune_studio.domain.diagnostic import Applicability, Diagnostic, Fix, Severity
from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_BAD = re.compile("[\x00\ud800-\udfff]")


class BadText(ExampleRule):
    code = "F014"
    name = "Text that is not proper Unicode"
    severity = Severity.ERROR
    fix = Applicability.UNSAFE

    def candidates(self, batch: Batch) -> Iterable[int]:
        return sorted({*batch.unusual, *batch.literals.odd_escapes()})

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        problem = view.problem
        if problem is not None and problem.code == self.code:
            column = problem.column or 1
            text = "The line is not UTF-8: {reason} (column {column:,})."
            yield self.finding(
                context, view, text, start=column - 1, end=column, reason=problem.text, column=column
            )
            return
        for message in view.messages:
            for field, text in message.all_texts():
                match = _BAD.search(text)
                if match is None:
                    continue
                found = "the character NUL" if match[0] == "\x00" else "half of a surrogate pair"
                edits = tuple(_edits(message.pointer + field, text))
                yield self.finding(
                    context,
                    view,
                    "Message {number} holds {found} (character {place:,}), which servers refuse.",
                    at=message,
                    field=field,
                    start=match.start(),
                    end=match.end(),
                    fix=Fix("Take it out", Applicability.UNSAFE, edits),
                    number=message.index + 1,
                    found=found,
                    place=match.start() + 1,
                )


def _edits(path: str, text: str) -> Iterator[Edit]:
    """NUL goes, half a pair becomes U+FFFD; from the end, so that places stay true."""
    for match in reversed(list(_BAD.finditer(text))):
        by = "" if match[0] == "\x00" else "\ufffd"
        yield Edit(EditOp.SPLICE, path, by, start=match.start(), end=match.end())
