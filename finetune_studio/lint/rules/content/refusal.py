"""Q111: an answer that refuses, or that speaks of itself as a model, in the words of another model."""

import re
from collections.abc import Iterator
from typing import ClassVar

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.fault_rule import Fault, FaultRule, Reads
from finetune_studio.lint.refusals import NO_IDIOM, NO_TITLE
from finetune_studio.lint.words import shown

_HELP = (
    r"(?:help|assist|provide|fulfill?|comply|answer that|do that|engage|support|offer|create|generate"
    r"|discuss)"
)
_REST = r"\b[^.!?\n]{0,80}"
_REFUSAL = re.compile(
    r"\bI(?:['’]m| am) (?:sorry|afraid),? (?:but )?I "
    rf"(?:can(?:['’]t|not)|(?:am|['’]m) (?:not able|unable)){NO_IDIOM}{_REST}"
    rf"|\bI (?:can(?:['’]t|not| not)|am (?:not able|unable) to|won['’]t|will not){NO_IDIOM} "
    rf"(?:be able to )?{_HELP}{_REST}"
    rf"|\bI['’]m (?:not able|unable) to {_HELP}{_REST}"
    rf"|\bI must (?:decline|refuse){_REST}"
    rf"|\bas (?:an AI|a large language model|a language model|an artificial intelligence){NO_TITLE}{_REST}"
    rf"|\bI(?:['’]m| am) (?:just |only |merely )?(?:an AI|a (?:large )?language model|a chat ?bot)"
    rf"{NO_TITLE}{_REST}"
    rf"|\bmy (?:knowledge cut-?off|training data|programming){_REST}"
    rf"|\bagainst my (?:programming|guidelines|ethic(?:al|s)){_REST}"
    r"|\b(?:OpenAI|Anthropic)['’]s? (?:usage |content |use[- ]case )?polic(?:y|ies)\b"
    rf"|\bnot a substitute for professional{_REST}",
    re.I,
)


class Refusal(FaultRule):
    code = "Q111"
    name = "Refusal or disclaimer"
    severity = Severity.INFO
    reads = Reads.ANSWERS
    version = 2
    triggers: ClassVar[tuple[bytes, ...]] = (
        *(b"i can't", "i can’t".encode(), b"i cannot", b"i can not", b"i won", b"i will not"),
        *(b"i must", b"unable to", b"not able to", b"an ai", b"language model", b"artificial intel"),
        *(b"a chatbot", b"a chat bot", b"my knowledge cut", b"my training data", b"my programming"),
        *(b"against my", b"openai", b"anthropic", b"substitute for"),
    )

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        match = _REFUSAL.search(text)
        if match is not None:
            yield Fault(
                match.start(), match.end(), "refuses or disclaims: “{found}”", {"found": shown(match[0], 60)}
            )
