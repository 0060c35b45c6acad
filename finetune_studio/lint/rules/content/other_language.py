"""Q110: an answer in another language than the question."""

import re
from collections.abc import Iterator

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.answer_languages import language_by_words
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, ReplyRule
from finetune_studio.lint.languages import are_near, english_texts, language_of, looks_english, telling_part
from finetune_studio.lint.prose import is_code, without_code

_SHORT = 12
_SHORT_LATIN = 60
_ASKS_FOR_IT = re.compile(
    r"translat|in (?:english|french|german|spanish|italian|portuguese|dutch|polish|russian|chinese|mandarin"
    r"|japanese|korean|arabic|hindi|turkish|latin|greek|swedish|danish|norwegian|finnish|hebrew|ukrainian|czech"
    r"|romanian|hungarian|vietnamese|thai|indonesian)"
    r"|(?:into|to|from) (?:english|french|german|spanish|italian|portuguese|russian|chinese|japanese|korean"
    r"|arabic|hindi)"
    r"|how (?:do|would) (?:you|i|one) say|übersetz|auf (?:deutsch|englisch|französisch|spanisch)"
    r"|tradu[czi]|en (?:français|anglais|inglés|español|francés)|em (?:inglês|português)|in inglese"
    r"|перев[её]д|по-английски|翻译|翻訳|英語|英语|번역|ترجم",
    re.IGNORECASE,
)


class OtherLanguage(ReplyRule):
    code = "Q110"
    name = "Answer in another language"
    severity = Severity.WARNING

    def suspicious_pair(self, question: str, answer: str) -> bool:
        """English is told by its common words, so that most pairs go no further."""
        if len(answer) < _SHORT or len(question) < _SHORT:
            return False
        if answer.isascii() and question.isascii() and min(len(answer), len(question)) < _SHORT_LATIN:
            return False
        return not (looks_english(answer) and looks_english(question))

    def suspect_pairs(self, texts: BatchTexts, questions: Array, answers: Array) -> Array:
        """Those long enough that do not both look English."""
        shorter = np.minimum(texts.lengths[questions], texts.lengths[answers])
        is_foreign = np.zeros(len(texts), dtype=bool)
        is_foreign[texts.owners(texts.foreign)] = True
        least = np.where(is_foreign[questions] | is_foreign[answers], _SHORT, _SHORT_LATIN)
        is_long = shorter >= least
        is_english = np.zeros(len(texts), dtype=bool)
        asked = {*questions[is_long].tolist(), *answers[is_long].tolist()}
        is_english[list(english_texts(texts.texts, asked))] = True
        return is_long & ~(is_english[questions] & is_english[answers])

    def faults_of_pair(self, question: str, answer: str, context: RuleContext) -> Iterator[Fault]:
        """What costs least is asked first: few pairs get to the end."""
        asked, said = without_code(question), without_code(answer)
        asked_in = _language(asked)
        said_in = _language(said) if asked_in else ""
        if not said_in or are_near(asked_in, said_in):
            return
        if not is_code(asked) and not is_code(said) and not _ASKS_FOR_IT.search(question):
            yield Fault(
                0,
                len(answer),
                "answers in another language ({answer}) than the question’s ({question})",
                {"answer": said_in, "question": asked_in},
            )


def _language(text: str) -> str:
    """ "" where the text is too short or not sure."""
    part = telling_part(text)
    return (language_by_words(part) or language_of(part)) if part else ""
