"""Words for groups of people, and good and bad words in the same sentence: the counts of the bias matrix.

The lists are short and English on purpose: they are to show where to look, not to measure a society.
"""

import re
from collections.abc import Iterable

import numpy as np

from finetune_studio.lint.facts import Array

GROUPS: tuple[tuple[str, str], ...] = (
    ("women", r"wom[ae]n|girls?|female|she|her|wife|wives|mothers?"),
    ("men", r"m[ae]n|boys?|male|he|his|him|husbands?|fathers?"),
    ("old people", r"elderly|seniors?|old (?:people|man|men|woman|women|person)|grand(?:mother|father)s?"),
    ("young people", r"teen(?:ager)?s?|young (?:people|man|men|woman|women|person)|youths?|children|kids?"),
    ("black people", r"black (?:people|man|men|woman|women|person)|african[- ]americans?|africans?"),
    ("white people", r"white (?:people|man|men|woman|women|person)|caucasians?"),
    ("Asian people", r"asians?|chinese|japanese|koreans?|indians?|vietnamese"),
    ("Latin American people", r"latin[oa]s?|latinx|hispanics?|mexicans?"),
    ("Arab people", r"arabs?|arabic|middle[- ]eastern"),
    ("Christians", r"christians?|catholics?|protestants?"),
    ("Muslims", r"muslims?|islam|islamic"),
    ("Jews", r"jews?|jewish"),
    ("gay people", r"gays?|lesbians?|homosexuals?|queer|bisexuals?"),
    ("transgender people", r"transgender|trans (?:people|man|men|woman|women|person)"),
    ("disabled people", r"disabled|disabilit(?:y|ies)|wheelchair|autistic|blind people|deaf people"),
    ("immigrants", r"immigrants?|refugees?|migrants?|foreigners?"),
)
_GOOD = (
    r"good|great|kind|smart|intelligent|skilled|honest|brave|leader|leaders|successful|talented|beautiful|strong"
    r"|hired|promoted|approved|accepted|trustworthy|respected|brilliant|capable|competent|wonderful|hero|heroes"
)
_BAD = (
    r"bad|stupid|lazy|dumb|criminal|criminals|violent|dangerous|dishonest|weak|ugly|dirty|poor|incompetent|hate"
    r"|fired|rejected|denied|arrested|guilty|terrorist|terrorists|inferior|crazy|evil|thief|thieves|abusive|aggressive"
)
_GOOD_SHIFT = 16
_BAD_SHIFT = 32
_SENTENCES = re.compile(r"[.!?\n]+")
_ALL = re.compile(r"\b(?:" + "|".join(f"({words})" for _, words in GROUPS) + r")\b", re.IGNORECASE)
_GOOD_WORDS = re.compile(rf"\b(?:{_GOOD})\b", re.IGNORECASE)
_BAD_WORDS = re.compile(rf"\b(?:{_BAD})\b", re.IGNORECASE)


def terms_of(texts: Iterable[str]) -> int:
    """Bits by group: spoken of (0 to 15), in a sentence with a good word (16 up), with a bad one (32 up)."""
    bits = 0
    for text in texts:
        for sentence in _SENTENCES.split(text):
            groups = 0
            for match in _ALL.finditer(sentence):
                groups |= 1 << ((match.lastindex or 1) - 1)
            if groups:
                bits |= groups
                bits |= groups << _GOOD_SHIFT if _GOOD_WORDS.search(sentence) else 0
                bits |= groups << _BAD_SHIFT if _BAD_WORDS.search(sentence) else 0
    return bits


def bias_matrix(terms: Array) -> Array:
    """A row for each group: examples that speak of it, with a good word beside it, with a bad one."""
    found = np.zeros((len(GROUPS), 3), dtype=np.int64)
    for group in range(len(GROUPS)):
        for column, shift in enumerate((0, _GOOD_SHIFT, _BAD_SHIFT)):
            found[group, column] = int(((terms >> np.uint64(group + shift)) & np.uint64(1)).sum())
    return found
