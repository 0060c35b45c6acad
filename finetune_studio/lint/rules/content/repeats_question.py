"""Q109: an answer that begins by saying the question again."""

from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, ReplyRule
from finetune_studio.lint.words import shown

_SHORT = 25
"""Characters of a question below which an echo is no wonder ("Hello", "Thanks")."""
_WORDS = 5
_FIRST = 8
_FOLDED = np.frombuffer(bytes(range(256)).lower(), dtype=np.uint8)
_MAY_PRECEDE = np.isin(np.arange(256), [*b' "\n', *range(0x80, 0x100)])


class RepeatsQuestion(ReplyRule):
    code = "Q109"
    name = "Answer repeats the question"
    severity = Severity.WARNING

    def suspect_pairs(self, texts: BatchTexts, questions: Array, answers: Array) -> Array:
        """Those that begin with the same letter, or with what is left out before it."""
        asked, said = texts.first_bytes[questions], texts.first_bytes[answers]
        is_same: Array = (_FOLDED[asked] == _FOLDED[said]) | _MAY_PRECEDE[asked] | _MAY_PRECEDE[said]
        return is_same & (texts.lengths[questions] >= _SHORT)

    def suspicious_pair(self, question: str, answer: str) -> bool:
        return (
            _SHORT <= len(question) <= len(answer) + _FIRST
            and question.lstrip(' "“\n')[:_FIRST].lower() == answer.lstrip(' "“\n')[:_FIRST].lower()
        )

    def faults_of_pair(self, question: str, answer: str, context: RuleContext) -> Iterator[Fault]:
        asked, said = _letters(question), _letters(answer)
        if len(asked) < _SHORT * 3 // 4 or len(question.split()) < _WORDS or not said.startswith(asked):
            return
        end = _end_of(answer, len(asked))
        what = "is the question again" if len(said) == len(asked) else "begins with the question again"
        yield Fault(0, end, what + ": “{question}”", {"question": shown(question)})


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _end_of(text: str, letters: int) -> int:
    """Where the first so many letters and digits of a text end."""
    for index, letter in enumerate(text):
        letters -= sum(map(str.isalnum, letter.lower()))
        if letters <= 0:
            return index + 1
    return len(text)
