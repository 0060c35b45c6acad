"""Q112: characters that are not seen but are trained: zero width, control, direction."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import name

import numpy as np

from finetune_studio.domain.diagnostic import Applicability, Severity
from finetune_studio.lint.batch_texts import BatchTexts
from finetune_studio.lint.context import RuleContext
from finetune_studio.lint.facts import Array
from finetune_studio.lint.fault_rule import Fault, FaultRule
from finetune_studio.lint.words import counted, listed

_CONTROL = "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_DIRECTION = "\u202a-\u202e\u2066-\u2069"
_MARKS = "\u200e\u200f\u061c"
_JOINERS = "\u200c\u200d"
_TAGS = "\U000e0000-\U000e007f"
_OTHERS = (
    "\u00ad\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2028\u2029\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb"
)
_INVISIBLE = re.compile(f"[{_CONTROL}{_DIRECTION}{_MARKS}{_JOINERS}{_TAGS}{_OTHERS}]")
_UNSAFE = re.compile(f"[{_CONTROL}{_DIRECTION}]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\ua9e0-\ua9ff\uaa60-\uaadf]"
)
"""Scripts such as Thai, Lao, Khmer and Myanmar, in which a mark of no width tells where a line may break."""
_BREAKS = "\u200b\u2060"
_EMBEDDINGS, _OVERRIDES = "\u202a\u202b\u202c", re.compile("[\u202d\u202e]")
_FLAG = "\N{WAVING BLACK FLAG}"
_IS_CONTROL = np.isin(np.arange(256), [code for code in range(0x20) if _INVISIBLE.match(chr(code))])
_DELETE, _FIRST_SEEN = 0x7F, 0x20
_BEYOND_ASCII = (*range(0x80, 0xD800), *range(0xE000, 0x10000), *range(0xE0000, 0xE0080))
"""Code points that may be invisible."""
_LINE_ENDS = {"\u2028": "\n", "\u2029": "\n\n"}
_MOST_NAMES = 3
_COUNTED = ("character that is not seen", "characters that are not seen")


class InvisibleCharacters(FaultRule):
    code = "Q112"
    name = "Invisible characters"
    severity = Severity.WARNING
    version = 2
    fix = Applicability.SAFE

    def suspects(self, texts: BatchTexts, context: RuleContext) -> Array:
        """Those with a control character, or with one that begins as an invisible one does."""
        raw, foreign = texts.raw, texts.foreign
        below = np.flatnonzero(raw - np.uint8(1) < _FIRST_SEEN - 1)
        below = below[_IS_CONTROL[raw[below]]]
        begins = foreign[_beginnings()[raw[foreign], raw[foreign + 1]]]
        return texts.owners(np.concatenate([below, texts.at(_DELETE), begins]))

    def suspicious(self, text: str) -> bool:
        return _INVISIBLE.search(text) is not None

    def faults(self, text: str, context: RuleContext) -> Iterator[Fault]:
        found = [m.start() for m in _INVISIBLE.finditer(text) if not _is_meant(text, m.start())]
        unsafe = [place for place in found if _UNSAFE.match(text[place])]
        safe = [place for place in found if not _UNSAFE.match(text[place])]
        for places, is_safe in ((safe, "<|" not in text and "|>" not in text), (unsafe, False)):
            if places:
                yield Fault(
                    places[0],
                    places[0] + 1,
                    "holds {count}: {names}",
                    {
                        "count": counted(len(places), *_COUNTED),
                        "names": _names(text[place] for place in places),
                    },
                    tuple((place, place + 1, _LINE_ENDS.get(text[place], "")) for place in places),
                    "Remove them",
                    is_safe,
                )


@lru_cache(maxsize=1)
def _beginnings() -> Array:
    """By the first two bytes of a character beyond ASCII, whether it may be an invisible one."""
    found = np.zeros((256, 256), dtype=bool)
    for character in map(chr, _BEYOND_ASCII):
        if _INVISIBLE.match(character):
            found[tuple(character.encode()[:2])] = True
    return found


def _is_meant(text: str, place: int) -> bool:
    """Joiners within emoji, Arabic and Indic words; marks of direction with right-to-left text; variants of
    Mongolian letters; where Thai or Khmer words end; tags of a flag."""
    character = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if character in _JOINERS:
        return before.isprintable() and after.isprintable() and not (before + after + "a").isascii()
    if character in _MARKS or character in "\u2066\u2067\u2068\u2069":
        return _RIGHT_TO_LEFT.search(text) is not None
    if character in _EMBEDDINGS:
        return _RIGHT_TO_LEFT.search(text) is not None and _OVERRIDES.search(text) is None
    if character in _BREAKS:
        return all(map(_WITHOUT_SPACES.match, (before, after)))
    if "\u180b" <= character <= "\u180f":
        return _MONGOLIAN.match(before) is not None
    return character >= "\U000e0000" and _FLAG in text


def _names(characters: Iterable[str]) -> str:
    counts = Counter(characters)
    named = [f"{name(c, 'CONTROL CHARACTER')} (U+{ord(c):04X})" for c, _ in counts.most_common(_MOST_NAMES)]
    return listed([*named, "others"] if len(counts) > _MOST_NAMES else named)
