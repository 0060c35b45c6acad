"""F015: text that spells a special token of the model."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Diagnostic, Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.rule import TextRule
from finetune_studio.lint.view import ExampleView

_TOKEN = re.compile(
    r"<\|(?:endoftext|im_start|im_end|im_sep|fim_prefix|fim_middle|fim_suffix|endofprompt|startoftext"
    r"|start|end|message|channel|return|call|constrain|begin_of_text|end_of_text|start_header_id"
    r"|end_header_id|eot_id|eom_id|python_tag)\|>"
)
"""OpenAI's encodings and harmony format, ChatML, Llama 3."""


class SpecialToken(TextRule):
    code = "F015"
    name = "Special token in the text"
    severity = Severity.ERROR
    triggers: ClassVar[tuple[bytes, ...]] = (b"<|",)

    def check(self, view: ExampleView, context: RuleContext) -> Iterator[Diagnostic]:
        for message in view.messages:
            for field, text in message.all_texts():
                for match in _TOKEN.finditer(text):
                    yield self.finding(
                        context,
                        view,
                        "Message {number} spells the special token {token}, which servers refuse or misread.",
                        at=message,
                        field=field,
                        start=match.start(),
                        end=match.end(),
                        number=message.index + 1,
                        token=match[0],
                    )
