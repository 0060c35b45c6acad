"""Make kernels/characters.h, the classes of characters by which texts are parted before they are encoded.

    python -m finetune_studio.tokens.make_characters finetune_studio/kernels/characters.h

For whoever works on the app, with a Python of Unicode 14 (3.11). The ranges below are those of letters, marks
and numbers that Unicode has added or changed since, of what 14 leaves unassigned between them, and of
surrogates: texts with these are left to tiktoken, so that a newer one does not make our counts wrong.
"""

import argparse
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from finetune_studio.domain.errors import StudioError

UNICODE = "14.0.0"
NEWER = """
295 558 58B-58C 5C8-5C9 88F 897 B53-B54 C5C CDC CF3 ECE 1ACF-1AF0 1C89-1C8A 208F 209D-209F A7CB-A7CF A7D2
A7D4 A7DA-A7F1 AB6C-AB6D D800-DFFF 105C0-105F3 107BB-107BF 10940-10959 10D40-10D85 10EC2-10EFF
1123F-11241 11380-113E2 116D0-116E3 11B0A-11BF9 11DB0-11DF1 11F00-11F5A 1246F 12475-1247F 12550-12686
1342F 13440-143FA 16100-16139 16D40-16D79 16EA0-16ED3 16FF2-16FF6 187F8-187FF 18CD6-18CFF 18D09-191D2
1B123-1B132 1B155 1B168 1CCF0-1CCF9 1D127-1D128 1D250-1D2D3 1D6A6 1DF1F-1DFFF 1E030-1E08F 1E4D0-1E6FF
2B739-2B73F 2B81E 2CEA2-2CEAD 2EBF0-2EE5D 31350-3FC3F
"""
_SPACES = "\t\v\f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_POINTS = 0x110000
_WIDTH = 14
UPPER, LOWER, OTHER_LETTER, MARK, NUMBER, SPACE, LINE, UNSURE = (1 << bit for bit in range(8))
_OF_CATEGORY = {
    **dict.fromkeys(("Lu", "Lt"), UPPER),
    "Ll": LOWER,
    **dict.fromkeys(("Lm", "Lo"), OTHER_LETTER),
    **dict.fromkeys(("Mn", "Mc", "Me"), MARK),
    **dict.fromkeys(("Nd", "Nl", "No"), NUMBER),
}
_HEAD = """\
/* Classes of characters, made by tokens/make_characters.py from Unicode {version}: of each run of code points
   the first, times 256, and the class. */

#ifndef FINETUNE_STUDIO_CHARACTERS_H
#define FINETUNE_STUDIO_CHARACTERS_H

#include <stdint.h>

enum {{ {names} }};

static const uint32_t RUNS[] = {{
"""
_NAMES = ("UPPER", "LOWER", "OTHER_LETTER", "MARK", "NUMBER", "SPACE", "LINE", "UNSURE")


def characters_header() -> str:
    """The file's text; raises StudioError under a Python of another Unicode version."""
    if unicodedata.unidata_version != UNICODE:
        raise StudioError(
            f"This Python knows Unicode {unicodedata.unidata_version}, not {UNICODE}.", "Use Python 3.11."
        )
    runs = [f"0x{first << 8 | kind:x}," for first, kind in _runs()]
    rows = ["".join(runs[at : at + _WIDTH]) for at in range(0, len(runs), _WIDTH)]
    names = ", ".join(f"{name} = {1 << bit}" for bit, name in enumerate(_NAMES))
    return _HEAD.format(version=UNICODE, names=names) + "\n".join(rows) + "\n};\n\n#endif\n"


def _runs() -> Iterator[tuple[int, int]]:
    newer = _newer()
    last = -1
    for point in range(_POINTS):
        kind = UNSURE if point in newer else _class_of(chr(point))
        if kind != last:
            yield point, kind
        last = kind


def _class_of(character: str) -> int:
    if character in "\r\n":
        return LINE
    if character in _SPACES:
        return SPACE
    return _OF_CATEGORY.get(unicodedata.category(character), 0)


def _newer() -> set[int]:
    parts = [item.partition("-") for item in NEWER.split()]
    return {point for first, _, last in parts for point in range(int(first, 16), int(last or first, 16) + 1)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the table of characters that the tokenizer uses.")
    parser.add_argument("target", type=Path, help="file to write (finetune_studio/kernels/characters.h)")
    target: Path = parser.parse_args(arguments).target
    try:
        target.write_text(characters_header(), encoding="ascii")
    except StudioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
