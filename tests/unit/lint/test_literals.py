"""Searching many literals at once finds what searching each finds; shapes of numbers are not lost."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint.batch import example_rules
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.literals import LiteralIndex, shape_of_text

LITERALS = tuple({literal for rule in example_rules(LintConfig()) for literal in rule.triggers})
PIECES = st.sampled_from([*LITERALS, *(x.upper() for x in LITERALS), b" a_[|", b"\\u0041"])
LINES = st.lists(st.lists(PIECES, max_size=6).map(b"".join), min_size=1, max_size=5)


@settings(deadline=None)
@given(LINES)
def test_together_or_one_by_one(lines: list[bytes]) -> None:
    together, alone = LiteralIndex(lines, frozenset(LITERALS)), LiteralIndex(lines)
    for literal in LITERALS:
        assert together.hits([literal]) == alone.hits([literal])
        searched = [line if literal != literal.lower() else line.lower() for line in lines]
        wanted = [at for at, line in enumerate(searched) if literal in line or b"\\u0041" in lines[at]]
        assert alone.hits([literal]) == wanted


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789 -.()aA\u00a0", max_size=40), min_size=1, max_size=4))
def test_lines_with_many_digits_near_each_other(texts: list[str]) -> None:
    index = LiteralIndex([text.encode() for text in texts])
    for digits in (4, 7):
        run = re.compile(rf"[0-9](?:[ \u00a0().-]{{0,3}}[0-9]){{{digits - 1}}}")
        wanted = {at for at, text in enumerate(texts) if run.search(text) and b"0-0" in shape_of_text(text)}
        assert wanted <= set(index.shapes([b"0-0"], digits))
