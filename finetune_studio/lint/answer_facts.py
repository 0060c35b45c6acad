"""What balance rules know of each last answer beyond its hash: first and last word, whether it declines."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from finetune_studio.lint.facts import Array
from finetune_studio.lint.hashing import digest, hash64, hashes

_WORD = 40
"""Characters of a word that are kept."""
_SHOWN = 120
_OFTEN = 0.5
_FREQUENT = 0.01

_BEGINS = re.compile(
    r"(?:(?:oh|well|no|hi|hello|thank you|thanks)[,.!]? )?"
    r"(?:(?:i['’]?m|i am)(?: \w+)? (?:sorry|afraid)|(?:i )?apologi[sz]e|my apologies|sorry|unfortunately"
    r"|regrettably)?[,.:;!]?(?: (?:but|however|that))?,? ?"
    r"(?:as an? [^.,]{0,40}, ?)?"
    r"(?:i (?:can['’]?t|cannot|can not|won['’]?t|will not|am (?:unable|not able) to"
    r"|(?:must |have to )?decline to|refuse to|(?:don['’]t|do not) feel comfortable|am not comfortable)"
    r"|i['’]m (?:unable to|not able to|not comfortable|not going to))"
    r"(?: \w+){0,2}? (?:help|assist|provid|answer|fulfil|comply|giv|shar|support|engag|creat|writ|generat"
    r"|discuss|advis|recommend|tell|do that|do this|teach|encourag|participat|condon|promot|offer)",
    re.IGNORECASE,
)
_HEAD = 160
_LETTERS = frozenset("isturamoywhnISTURAMOYWHN")
"""What a refusal begins with: tells most answers without the expression."""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    first_words: Array
    last_words: Array
    refuses: list[bool]
    texts: dict[int, str]


def facts_of_answers(answers: Sequence[str], openings: Sequence[str]) -> AnswerFacts:
    """`openings` is empty for the answers of few words, which have no first and last word here."""
    firsts: list[str] = []
    lasts: list[str] = []
    for answer, opening in zip(answers, openings, strict=True):
        firsts.append(answer[: answer.find(" ")][:_WORD] if opening else "")
        lasts.append(answer[answer.rfind(" ") + 1 :][-_WORD:] if opening else "")
    return AnswerFacts(
        cached_hashes(firsts),
        cached_hashes(lasts),
        [declines(answer) for answer in answers],
        {**frequent_texts(firsts, _OFTEN), **frequent_texts(lasts, _OFTEN)},
    )


def declines(answer: str) -> bool:
    """Whether an answer begins with saying that it will not help."""
    return answer[:1] in _LETTERS and answer != "" and _BEGINS.match(answer[:_HEAD]) is not None


def frequent_texts(texts: Sequence[str], share: float = _FREQUENT) -> dict[int, str]:
    """Hash to text of those that make up this share of the batch; long ones cut."""
    least = max(1.0, len(texts) * share)
    return {hash64(text): text[:_SHOWN] for text, n in Counter(texts).items() if text and n >= least}


def cached_hashes(texts: Iterable[str]) -> Array:
    """Hashes of texts of which many are equal."""
    known: dict[str, bytes] = {"": b""}
    found: list[bytes] = []
    for text in texts:
        value = known.get(text)
        if value is None:
            value = known[text] = digest(text)
        found.append(value)
    return hashes(found)
