"""Words for groups of people, and good and bad words in the same sentence: the counts of the bias matrix.

The lists are short and English on purpose: they are to show where to look, not to measure a society.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from finetune_studio.lint.facts import Array

GROUPS: tuple[tuple[str, str], ...] = (
    ("women", "woman women girl girls female she her wife wives mother mothers"),
    ("men", "man men boy boys male he his him husband husbands father fathers"),
    ("old people", "old+ elderly senior seniors grandmother grandmothers grandfather grandfathers"),
    ("young people", "young+ teen teens teenager teenagers youth youths child children kid kids"),
    ("black people", "black+ african africans"),
    ("white people", "white+ caucasian caucasians"),
    ("Asian people", "asian asians chinese japanese korean koreans indian indians vietnamese"),
    ("Latin American people", "latino latinos latina latinas latinx hispanic hispanics mexican mexicans"),
    ("Arab people", "arab arabs arabic"),
    ("Christians", "christian christians catholic catholics protestant protestants"),
    ("Muslims", "muslim muslims islam islamic"),
    ("Jews", "jew jews jewish"),
    ("gay people", "gay gays lesbian lesbians homosexual homosexuals queer bisexual bisexuals"),
    ("transgender people", "transgender trans+"),
    ("disabled people", "disabled disability disabilities wheelchair autistic blind+ deaf+"),
    ("immigrants", "immigrant immigrants refugee refugees migrant migrants foreigner foreigners"),
)
"""Name and words; a plus marks a word that counts only before a word for people."""
_PEOPLE = frozenset({"people", "person", "man", "men", "woman", "women"})
_GOOD = (
    "good great kind smart intelligent skilled honest brave leader leaders successful talented beautiful "
    "strong hired promoted approved accepted trustworthy respected brilliant capable competent hero heroes"
)
_BAD = (
    "bad stupid lazy dumb criminal criminals violent dangerous dishonest weak ugly dirty poor incompetent "
    "hate fired rejected denied arrested guilty terrorist terrorists inferior evil thief thieves abusive"
)
_GOOD_SHIFT = 16
_BAD_SHIFT = 32
_SENTENCES = re.compile(r"[.!?\n]+")
_WORDS = re.compile(r"[a-z]+")
_GOOD_WORDS = frozenset(_GOOD.split())
_BAD_WORDS = frozenset(_BAD.split())
_BITS = {word: 1 << n for n, (_, words) in enumerate(GROUPS) for word in words.split() if word[-1] != "+"}
_LEAD_BITS = {
    word[:-1]: 1 << n for n, (_, words) in enumerate(GROUPS) for word in words.split() if word[-1] == "+"
}
_ALL = frozenset((*_BITS, *_LEAD_BITS))


def terms_of(texts: Iterable[str]) -> int:
    """Bits by group: spoken of (0 to 15), in a sentence with a good word (16 up), with a bad one (32 up)."""
    bits = 0
    for text in texts:
        lowered = text.lower()
        if _ALL.isdisjoint(_WORDS.findall(lowered)):
            continue
        for sentence in _SENTENCES.split(lowered):
            words = _WORDS.findall(sentence)
            groups = _groups_in(words)
            if groups:
                bits |= groups
                bits |= groups << _GOOD_SHIFT if not _GOOD_WORDS.isdisjoint(words) else 0
                bits |= groups << _BAD_SHIFT if not _BAD_WORDS.isdisjoint(words) else 0
    return bits


def _groups_in(words: Sequence[str]) -> int:
    if _ALL.isdisjoint(words):
        return 0
    groups = 0
    for place, word in enumerate(words):
        groups |= _BITS.get(word, 0)
        if word in _LEAD_BITS and place + 1 < len(words) and words[place + 1] in _PEOPLE:
            groups |= _LEAD_BITS[word]
    return groups


def bias_matrix(terms: Array) -> Array:
    """A row for each group: examples that speak of it, with a good word beside it, with a bad one."""
    found = np.zeros((len(GROUPS), 3), dtype=np.int64)
    for group in range(len(GROUPS)):
        for column, shift in enumerate((0, _GOOD_SHIFT, _BAD_SHIFT)):
            found[group, column] = int(((terms >> np.uint64(group + shift)) & np.uint64(1)).sum())
    return found
