"""Characters that gigatoken splits by other Unicode tables than tiktoken: tiktoken counts their texts.

Found by encoding every code point in several surroundings with both (tiktoken 0.14, gigatoken 0.10,
both encodings): 4,699 differ, all unassigned in Unicode 14. The ranges also hold the letters, marks and
numbers that later Unicode versions have added, and close the gaps between them that Unicode 14 leaves
unassigned, so that a newer tiktoken does not make them wrong. Lone surrogates are here too: gigatoken
refuses them.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RANGES = """
558 58B-58C 5C8-5C9 88F 897 B53-B54 C5C CDC CF3 ECE 1ACF-1AF0 1C89-1C8A 208F 209D-209F A7CB-A7CF A7D2
A7D4 A7DA-A7F1 AB6C-AB6D D800-DFFF 105C0-105F3 107BB-107BF 10940-10959 10D40-10D85 10EC2-10EFF
1123F-11241 11380-113E2 116D0-116E3 11B0A-11BF9 11DB0-11DF1 11F00-11F5A 1246F 12475-1247F 12550-12686
1342F 13440-143FA 16100-16139 16D40-16D79 16EA0-16ED3 16FF2-16FF6 187F8-187FF 18CD6-18CFF 18D09-191D2
1B123-1B132 1B155 1B168 1CCF0-1CCF9 1D127-1D128 1D250-1D2D3 1D6A6 1DF1F-1DFFF 1E030-1E08F 1E4D0-1E6FF
2B739-2B73F 2B81E 2CEA2-2CEAD 2EBF0-2EE5D 31350-3FC3F
"""


def _ranges() -> list[tuple[int, int]]:
    parts = [item.partition("-") for item in _RANGES.split()]
    return [(int(first, 16), int(last or first, 16)) for first, _, last in parts]


EXCEPTIONAL = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges()) + "]")


def exceptional_texts(texts: Sequence[str]) -> list[int]:
    """Indexes of the texts with such a character; quicker over many than the expression is over each."""
    import numpy as np

    foreign = [text for text in texts if not text.isascii()]
    points = np.frombuffer("".join(foreign).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    if not are_exceptional(points):
        return []
    return [index for index, text in enumerate(texts) if not text.isascii() and EXCEPTIONAL.search(text)]


def are_exceptional(points: "NDArray[Any]") -> bool:
    """Whether one of the code points is of such a character."""
    return bool(len(points)) and bool(_is_exceptional()[points].any())


@lru_cache(maxsize=1)
def _is_exceptional() -> "NDArray[np.bool_]":
    import numpy as np

    table = np.zeros(0x110000, dtype=np.bool_)
    for first, last in _ranges():
        table[first : last + 1] = True
    return table
