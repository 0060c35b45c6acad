"""Spelling by bundled word lists, offline: which words of a text are in none, and what may be meant.

The lists are those of pyspellchecker. Each is loaded when a text is first checked in its language, in small
steps, so that a window beside goes on.
"""

import gzip
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from time import sleep

from finetune_studio.lint.languages import language_of, looks_english, telling_part

LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "ru": "Russian",
    "lv": "Latvian",
    "eu": "Basque",
}
"""The languages there is a list for, with their English names."""
MAX_FOUND = 500
"""Words that are reported of one text."""
MAX_SUGGESTIONS = 6
_SHORTEST = 3
"""Letters of a word from which it is judged: shorter ones are mostly units, names and initials."""
_FAR_UP_TO = 12
"""Letters of a word up to which two mistakes in it are thought of; the work grows with the square."""
_LETTERS_FROM = 20_000
"""Words that the letters are taken from."""
_STEP = 1_000
"""Words after which other threads have their turn."""

_SKIPPED = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`"  # code
    r"|(?:https?://|www\.)\S+|\S+@\S+\.\S+|[\w.-]*[/\\][\w./\\-]+"  # addresses and paths
    r"|<[^<>\n]{1,200}>|\{[^{}\n]{0,80}\}|<\|[^|\n]{1,40}\|>"  # tags, fields, special tokens
    r"|[#@$]\w+|&\w+;",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w])")
_BEFORE = re.compile(r"[\w'’]\Z")
_PIECE = re.compile(rb'"((?:[^"\\]|\\.)*+)": ?(\d+)')
_JOINTS = ("", "s", "es", "n", "en", "e", "er")
_COMPOUNDING = frozenset({"de", "nl"})
_BRITISH = (
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("ises", "izes"),
    ("ise", "ize"),
    ("yse", "yze"),
    ("ysed", "yzed"),
    ("our", "or"),
    ("ours", "ors"),
    ("oured", "ored"),
    ("ouring", "oring"),
    ("ourite", "orite"),
    ("ourable", "orable"),
    ("tre", "ter"),
    ("tres", "ters"),
    ("lled", "led"),
    ("lling", "ling"),
    ("ence", "ense"),
    ("ogue", "og"),
    ("amme", "am"),
    ("ammes", "ams"),
)
"""Endings of British spelling and what the list has in their place."""

_OWN = frozenset({"chatbot", "dataset", "finetune", "json", "metadata", "tokenizer", "url", "username"})
"""Words of this work, in any language."""


@dataclass(frozen=True, slots=True)
class WordList:
    """How often each word was counted, and the letters that they are written in."""

    counts: dict[str, int]
    letters: str

    def __contains__(self, word: str) -> bool:
        return word in self.counts


def language_for(text: str, around: str = "") -> str:
    """The language of a text, or of what stands around it where it is too short to tell; "" when unsure."""
    for each in (text, around):
        if looks_english(each):
            return "en"
        part = telling_part(each)
        found = language_of(part) if part else ""
        if found:
            return found if found in LANGUAGES else ""
    return ""


def misspelt(text: str, language: str, known: Collection[str] = ()) -> list[tuple[int, int]]:
    """(start, end) of words that are in no list; `known` are words of the dataset's own, in lower case.

    Code, addresses, tags, fields in braces, names in mixed case and short abbreviations are left out.
    """
    words = _lists(language)
    if words is None:
        return []
    found = []
    judged: dict[str, bool] = {}
    for start, end in _words_in(text):
        word = text[start:end].replace("’", "'")
        right = judged.get(word)
        if right is None:
            right = judged[word] = _is_right(word, language, words, known)
        if not right:
            found.append((start, end))
            if len(found) >= MAX_FOUND:
                break
    return found


def suggestions(word: str, language: str) -> list[str]:
    """What may be meant by a word, the likeliest first, in the word's own case."""
    words = _lists(language)
    if words is None:
        return []
    plain = word.replace("’", "'").lower()
    near = set(_edits(plain, words.letters))
    found = {each for each in near if each in words}
    if not found and len(plain) <= _FAR_UP_TO:
        found = {far for each in near for far in _edits(each, words.letters) if far in words}
    ranked = sorted(found - {plain}, key=lambda each: (-words.counts[each], each))[:MAX_SUGGESTIONS]
    if word.isupper() and len(word) > 1:
        return [each.upper() for each in ranked]
    return [each[:1].upper() + each[1:] for each in ranked] if word[:1].isupper() else ranked


def _edits(word: str, letters: str) -> Iterator[str]:
    """Every text that is one letter away: one taken out, two swapped, one changed, one put in."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            if tail:
                yield head + letter + tail[1:]
            yield head + letter + tail


def _words_in(text: str) -> Iterator[tuple[int, int]]:
    """Words that are prose: no code, addresses, names in mixed case, abbreviations or parts of others."""
    place = 0
    for skipped in (*_SKIPPED.finditer(text), None):
        end = skipped.start() if skipped is not None else len(text)
        for match in _WORD.finditer(text, place, end):
            word = match.group()
            before = text[match.start() - 1 : match.start()]
            if len(word) < _SHORTEST or _BEFORE.match(before) or (word.isupper() and len(word) < 6):
                continue
            if any(character.isupper() for character in word[1:]) and not word.isupper():
                continue
            yield match.span()
        place = skipped.end() if skipped is not None else place


def _is_right(word: str, language: str, words: "WordList", known: Collection[str]) -> bool:
    plain = word.lower()
    if plain in known or plain in words:
        return True
    if plain in _OWN or plain.removesuffix("s") in _OWN:
        return True
    if plain.endswith("'s"):
        return _is_right(plain[:-2], language, words, known)
    if "'" in plain:
        stem = plain
        parts = stem.split("'")
        if stem in known or all(part in words or len(part) < 3 for part in parts):
            return True
    if language == "en":
        return any(
            plain.endswith(ending) and plain[: -len(ending)] + other in words for ending, other in _BRITISH
        )
    return language in _COMPOUNDING and _is_compound(plain, words)


def _is_compound(word: str, words: "WordList", parts: int = 3) -> bool:
    """Whether a word is made of two or three known ones, as German and Dutch make them."""
    for place in range(len(word) - 3, 3, -1):
        head, tail = word[:place], word[place:]
        if any(head.endswith(joint) and head[: len(head) - len(joint)] in words for joint in _JOINTS) and (
            tail in words or (parts > 2 and _is_compound(tail, words, parts - 1))
        ):
            return True
    return False


@lru_cache(maxsize=4)
def _lists(language: str) -> WordList | None:
    """The list of a language, loaded in steps: one call that parses it all would stop every thread."""
    if language not in LANGUAGES:
        return None
    data = gzip.decompress((files("spellchecker") / "resources" / f"{language}.json.gz").read_bytes())
    counts: dict[str, int] = {}
    letters: set[str] = set()
    for match in _PIECE.finditer(data):
        raw = match[1]
        word = raw.decode("utf-8") if b"\\" not in raw else str(json.loads(b'"' + raw + b'"'))
        word = word.lower()
        counts[word] = counts.get(word, 0) + int(match[2])
        if len(counts) < _LETTERS_FROM:
            letters.update(word)
        if len(counts) % _STEP == 0:
            sleep(0)
    return WordList(counts, "".join(sorted(letters)))


def words_of_dataset(value: object) -> frozenset[str]:
    """The words that a dataset's settings add, in lower case."""
    given: Sequence[object] = value if isinstance(value, list) else ()
    return frozenset(word.lower() for word in given if isinstance(word, str))
