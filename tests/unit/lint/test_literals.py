"""Searching many literals at once finds what searching each finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune_studio.lint.batch import example_rules
from finetune_studio.lint.config import LintConfig
from finetune_studio.lint.literal_search import LiteralSearch
from finetune_studio.lint.literals import LiteralIndex

LITERALS = tuple({literal for rule in example_rules(LintConfig()) for literal in rule.triggers})
PIECES = st.sampled_from([*LITERALS, *(x.upper() for x in LITERALS), b" a_[|", b"\\u0041"])
LINES = st.lists(st.lists(PIECES, max_size=6).map(b"".join), min_size=1, max_size=5)


@settings(deadline=None)
@given(LINES)
def test_lines_that_may_hold_a_literal(lines: list[bytes]) -> None:
    index = LiteralIndex(lines)
    for literal in LITERALS:
        searched = [line if literal != literal.lower() else line.lower() for line in lines]
        wanted = [at for at, line in enumerate(searched) if literal in line or b"\\u0041" in lines[at]]
        assert index.hits([literal]) == wanted


@settings(deadline=None)
@given(LINES)
def test_many_literals_together(lines: list[bytes]) -> None:
    text = b"\n".join(lines)
    found = LiteralSearch(LITERALS).places(text, text.lower())
    for literal in LITERALS:
        searched = text if literal != literal.lower() else text.lower()
        wanted = [at for at in range(len(text)) if searched.startswith(literal, at)]
        assert found[literal].tolist() == wanted
