"""The query language: what is understood, and that nothing else than QueryError ever comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.workspace.queries.query_terms import (
    EditedTerm,
    Measure,
    NumberTerm,
    QueryError,
    RuleTerm,
    SplitTerm,
    StatusTerm,
    TagTerm,
    Term,
    TextTerm,
)
from finetune_studio.workspace.queries.search import FILTER_NAMES, parse_query, quote_value


def test_empty_query_asks_for_everything() -> None:
    assert parse_query("").is_empty
    assert parse_query("  \t ").is_empty


def test_terms_are_joined_by_and() -> None:
    query = parse_query('moon "how far" tag:space')
    assert query.groups == (
        (Term(TextTerm("moon")),),
        (Term(TextTerm("how far")),),
        (Term(TagTerm("space")),),
    )
    assert query.words == ("moon", "how far")


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("is:to-review", StatusTerm(ReviewState.TO_REVIEW)),
        ("IS:Draft", StatusTerm(ReviewState.DRAFT)),
        ("is:edited", EditedTerm()),
        ("split:val", SplitTerm(Split.VALIDATION)),
        ("split:none", SplitTerm(None)),
        ("rule:d202", RuleTerm("D202")),
        ("rule:D*", RuleTerm("D")),
        ('tag:"two words"', TagTerm("two words")),
        ("tokens:>500", NumberTerm(Measure.TOKENS, 501, None)),
        ("tokens:>=500", NumberTerm(Measure.TOKENS, 500, None)),
        ("tokens:<2k", NumberTerm(Measure.TOKENS, None, 1999)),
        ("tokens:<=7", NumberTerm(Measure.TOKENS, None, 7)),
        ("tokens:7", NumberTerm(Measure.TOKENS, 7, 7)),
        ("messages:2..4", NumberTerm(Measure.MESSAGES, 2, 4)),
        ("https://example.org/a", TextTerm("https://example.org/a")),
        ("12:30", TextTerm("12:30")),
        ('"tag:x"', TextTerm("tag:x")),
        ("-", TextTerm("-")),
    ],
)
def test_one_term(text: str, leaf: object) -> None:
    assert parse_query(text).groups == ((Term(leaf),),)  # type: ignore[arg-type]


def test_negation() -> None:
    assert parse_query("-tag:x -word").groups == (
        (Term(TagTerm("x"), negated=True),),
        (Term(TextTerm("word"), negated=True),),
    )
    assert parse_query("-word").words == ()


def test_or_joins_its_neighbours() -> None:
    query = parse_query("is:draft OR is:approved moon")
    assert [len(group) for group in query.groups] == [2, 1]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("moon tga:x", 5, 10),
        ("is:nothing", 3, 10),
        ("tokens:many", 7, 11),
        ('a "b', 2, 4),
        ("tag:", 0, 4),
        ("OR a", 0, 2),
        ("a OR", 2, 4),
        ("a OR OR b", 5, 7),
        ('""', 0, 2),
    ],
)
def test_errors_say_where(text: str, start: int, end: int) -> None:
    with pytest.raises(QueryError) as raised:
        parse_query(text)
    assert (raised.value.start, raised.value.end) == (start, end)
    assert raised.value.text


def test_too_many_terms_are_refused() -> None:
    with pytest.raises(QueryError):
        parse_query(" ".join(["a"] * 101))


_PIECES = st.sampled_from(
    [
        *(name + ":" for name in FILTER_NAMES),
        '"',
        "-",
        "OR",
        " ",
        "draft",
        ">",
        "..",
        "9" * 30,
        "k",
        "\0",
        "é",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=12).map("".join)))
def test_only_query_errors_and_places_within_the_text(text: str) -> None:
    place = (0, 0)
    try:
        parse_query(text)
    except QueryError as error:
        place = (error.start, error.end)
    assert 0 <= place[0] <= place[1] <= len(text)


@given(
    st.text(min_size=1, max_size=20).filter(lambda value: '"' not in value and value.strip() == value != "")
)
def test_quoted_values_come_back(tag: str) -> None:
    assert parse_query(f"tag:{quote_value(tag)}").groups == ((Term(TagTerm(tag)),),)
