"""Q110: an answer in another language than the question."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from finetune_studio.domain.diagnostic import Severity
from finetune_studio.lint.answer_languages import language_by_words
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, ReplyRule
from finetune_studio.lint.language_names import NAMES, language_name, names_language
from finetune_studio.lint.languages import (
    are_near,
    english_texts,
    language_of,
    looks_english,
    near_to,
    telling_part,
)
from finetune_studio.lint.prose import is_code, without_code
from finetune_studio.lint.view import MessageView

_SHORT = 12
_SHORT_LATIN = 60
_ASKS_FOR_IT = re.compile(
    r"translat|übersetz|traduc|tradui|traduz|tradur|tradut|vertaal|vertal|tłumacz|çevir|tercüme|перев[её]д|перевод"
    r"|перекла[дс]|превод|преведи|prevedi|prijevod|přelož|překlad|prelož|preklad|översätt|overs[æe]tt?|käännä"
    r"|fordít|μετ[άα]φρ[άα]|terjemah|dịch sang|dịch ra|अनुवाद|অনুবাদ|மொழிபெயர|แปล|ترجم|תרגמ|תרגם|תרגום"
    r"|翻译|翻譯|翻訳|訳して|번역"
    r"|how (?:do|would) (?:you|i|one) say|wie (?:sagt|heißt)|comment dit|c[óo]mo se di[cz]|come si dice"
    r"|hoe zeg je|jak powiedzieć|nasıl denir|как сказать",
    re.IGNORECASE,
)
_ASKING = frozenset({"system", "developer", "user"})
_CODES = {name: code for code, name in NAMES.items()}


class OtherLanguage(ReplyRule):
    code = "Q110"
    name = "Answer in another language"
    severity = Severity.WARNING
    version = 2

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
        if not is_code(asked) and not is_code(said) and not _is_asked_for(question, said_in):
            yield Fault(
                0,
                len(answer),
                "answers in another language ({answer}) than the question’s ({question})",
                {"answer": language_name(said_in), "question": language_name(asked_in)},
            )

    def is_excused(self, fault: Fault, before: Sequence[MessageView]) -> bool:
        """Whether the system prompt or an earlier question asks for the language, or for a translation."""
        language = _CODES.get(fault.arguments["answer"], "")
        texts = (text for message in before if message.role in _ASKING for _, text in message.texts())
        return any(_is_asked_for(text, language) for text in texts)


def _is_asked_for(text: str, language: str) -> bool:
    """Whether a text names the language, or one that is easily taken for it, or speaks of a translation."""
    return _ASKS_FOR_IT.search(text) is not None or any(
        names_language(text, near) for near in (language, *near_to(language))
    )


def _language(text: str) -> str:
    """ "" where the text is too short or not sure."""
    part = telling_part(text)
    return (language_by_words(part) or language_of(part)) if part else ""
