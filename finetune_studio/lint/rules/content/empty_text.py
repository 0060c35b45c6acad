"""Q101: a message is empty, or has nothing but white space."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.batch_texts import MAY_BE_SPACE
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.pair_rule import OUTPUTS
from finetune_studio.lint.rule import ExampleRule
from finetune_studio.lint.scan import Batch
from finetune_studio.lint.view import ExampleView

_INSTEAD = ("tool_calls", "function_call", "refusal")


class EmptyText(ExampleRule):
    code = "Q101"
    name = "Empty message"
    severity = Severity.WARNING

    def candidates(self, batch: Batch) -> list[int]:
        texts = batch.texts
        plain = len(batch.scan.texts)
        may_be = np.flatnonzero(MAY_BE_SPACE[texts.first_bytes[:plain]])
        blank = [i for i in may_be.tolist() if not texts.texts[i] or texts.texts[i].isspace()]
        return batch.unusual + batch.owners_of_texts(blank)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            if not isinstance(message.value, dict) or any(message.value.get(key) for key in _INSTEAD):
                continue
            if message.side in OUTPUTS:
                continue  # V608 says it
            for field, text in message.texts():
                if text and not text.isspace():
                    continue
                yield self.finding(
                    context,
                    view,
                    "Message {number} ({role}) {state}.",
                    at=message,
                    field=field,
                    start=0,
                    end=len(text),
                    number=message.index + 1,
                    role=message.role or "no role",
                    state="has nothing but white space" if text else "is empty",
                )
