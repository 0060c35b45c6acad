"""Short names of characters that cannot be seen, or look like an ordinary space."""

import re

from finetune_studio.ui.write.findings_marks import BIDI, EMOJI_PARTS, INVISIBLE, ODD_SPACE

_NAMES = {
    "\u00a0": "NBSP",
    "\u00ad": "SHY",
    "\u034f": "CGJ",
    "\u061c": "ALM",
    "\u115f": "HF",
    "\u1160": "HF",
    "\u180e": "MVS",
    "\u2002": "EN SP",
    "\u2003": "EM SP",
    "\u2007": "FIG SP",
    "\u2009": "THIN SP",
    "\u200a": "HAIR SP",
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u2028": "LS",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u202f": "NNBSP",
    "\u205f": "MMSP",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\u3000": "ID SP",
    "\u3164": "HF",
    "\ufe0e": "VS15",
    "\ufe0f": "VS16",
    "\ufeff": "BOM",
    "\u007f": "DEL",
    "\u0085": "NEL",
}
_NAMED = re.compile(f"{INVISIBLE.pattern}|{ODD_SPACE.pattern}")
_TYPESETTERS = frozenset("\u00a0\u202f")
_BEFORE = frozenset(";:!?»%€$£°")
_AFTER = frozenset("«§")


def names_in(text: str) -> list[tuple[int, str, str]]:
    """(code point, short name, severity) of what is named in a text; the first of them cut nothing off.

    No-break spaces where French and numbers have them, and the joiners of emoji, go without a name.
    """
    if text.isascii() and text.isprintable():
        return []
    return [
        (match.start(), short_name(match.group()), severity_of(match.group()))
        for match in _NAMED.finditer(text)
        if not _is_expected(text, match.start())
    ]


def short_name(character: str) -> str:
    """ "ZWSP", or the number where there is no name for it."""
    return _NAMES.get(character, f"{ord(character):04X}")


def severity_of(character: str) -> str:
    """A space is only told, what changes the order of a text is an error."""
    if ODD_SPACE.match(character):
        return "info"
    return "error" if character in BIDI else "warning"


def _is_expected(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if text[at] in _TYPESETTERS:
        between = before.isdigit() and (after.isdigit() or after.isalpha())
        return after in _BEFORE or before in _AFTER or between if before and after else False
    return text[at] in EMOJI_PARTS and before > "\u2000"
