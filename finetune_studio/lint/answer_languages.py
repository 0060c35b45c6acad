"""Languages of many answers, cheaply: by script, by common words, and only then by the model."""

import re
from collections import Counter
from collections.abc import Sequence

from finetune_studio.lint.languages import english_texts, language_of, looks_english, telling_part

LOOKED_AT = 300
"""Characters of an answer that tell its language."""
_FEWEST_HITS = 3
_FEWEST_CHARACTERS = 40
"""Of ASCII text; what is shorter tells too little."""
_SIGNS = '.,;:!?()"“”«»'

_COMMON = {
    "de": "der die das und ist nicht ein eine zu den mit sich auf für im dem auch wie sie ich wird sind",
    "fr": "le les est et des une pour que dans vous qui pas sur avec ce cette sont au aux je nous mais",
    "es": "el los las una es que por para con del su se al lo como más este está pero muy usted hay",
    "it": "il che di è per una non sono con del della gli nel più anche questo ma si alla dei può delle",
    "pt": "o os um uma que não para com é da em na por mais são você como dos mas ao pode seu",
    "nl": "het een van en niet op dat te voor zijn aan ook je deze als bij wordt dit kan maar naar om",
    "pl": "w nie na się jest że z jak po przez dla tego czy są oraz może ale od być które",
    "en": "the of and to in is that it for you are with on as this be have or can not your an from by will"
    " how many what than they were his she he does my there if more which",
}
_PAIRS = [(word, language) for language, words in _COMMON.items() for word in words.split()]
_LANGUAGES = {word: tuple(language for other, language in _PAIRS if other == word) for word, _ in _PAIRS}
"""Languages by word."""
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
)
_OWN_SCRIPT = re.compile("[" + "".join(script.pattern[1:-1] for _, script in _SCRIPTS) + "]")
_FEWEST_LETTERS = 6


def language_codes(heads: Sequence[str]) -> list[int]:
    """A number for the language of each text by its head, of LOOKED_AT characters; 0 where it is not told."""
    codes = [0] * len(heads)
    plain = [index for index, head in enumerate(heads) if head and head.isascii()]
    for index in english_texts(heads, plain):
        codes[index] = _ENGLISH
    for index, head in enumerate(heads):
        if head and not codes[index]:
            codes[index] = code_of(_told_closely(head))
    return codes


def answer_language(text: str) -> str:
    """The ISO 639-1 code, "" where the text is too short or not sure."""
    return "en" if text.isascii() and looks_english(text) else _told_closely(text)


def _told_closely(text: str) -> str:
    """Of a text that no common word of English settles."""
    if text.isascii():
        if len(text) < _FEWEST_CHARACTERS:
            return ""
    elif _OWN_SCRIPT.search(text):
        for language, script in _SCRIPTS:
            if len(script.findall(text)) >= _FEWEST_LETTERS:
                return language
    return language_by_words(text) or _by_model(text)


def code_of(language: str) -> int:
    """Two letters as a number; `language_named` reads it again."""
    return ord(language[0]) * 256 + ord(language[1]) if len(language) == 2 else 0


_ENGLISH = code_of("en")


def language_named(code: int) -> str:
    return chr(code // 256) + chr(code % 256)


def language_by_words(text: str) -> str:
    """The language whose common words stand in the text, if clearly more than those of any other."""
    hits = Counter(
        language for word in set(text.lower().split()) for language in _LANGUAGES.get(word.strip(_SIGNS), ())
    )
    ranked = [*hits.most_common(2), ("", 0), ("", 0)]
    (language, most), (_, second) = ranked[:2]
    return language if most >= _FEWEST_HITS and most >= second + 2 else ""


def _by_model(text: str) -> str:
    part = telling_part(text)
    return language_of(part) if part else ""
