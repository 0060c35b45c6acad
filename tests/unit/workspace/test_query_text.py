"""Queries taken apart for chips, and what is offered while one is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.domain.example import ReviewState
from finetune_studio.domain.split import Split
from finetune_studio.workspace.queries.completion import FILTERS, QueryFacts, accept, complete
from finetune_studio.workspace.queries.query_text import (
    pieces_of,
    text_of_pieces,
    with_negation,
    without_piece,
)
from finetune_studio.workspace.queries.search import FILTER_NAMES, QueryError, parse_query

FACTS = QueryFacts(
    tags=(("greeting", 12), ("two words", 3), ("geo", 1)),
    statuses={ReviewState.DRAFT: 4},
    splits={Split.TRAIN: 9},
    rules={"D202": 7},
    sources=("my data.jsonl",),
)
TERMS = st.sampled_from(
    ["paris", '"a phrase"', "tag:greeting", 'tag:"two words"', "is:draft", "tokens:>500", "rule:D2", "note:x"]
)
QUERIES = st.lists(st.tuples(TERMS, st.booleans(), st.booleans()), min_size=1, max_size=5).map(
    lambda parts: " ".join(
        ("OR " if joined and number else "") + ("-" if negated else "") + term
        for number, (term, negated, joined) in enumerate(parts)
    )
)


def texts(query: str, cursor: int | None = None, *, asked: bool = False) -> list[str]:
    found = complete(query, len(query) if cursor is None else cursor, FACTS, asked=asked)
    return [item.text for item in found.items]


@given(QUERIES)
def test_pieces_make_the_query_again(query: str) -> None:
    assert parse_query(text_of_pieces(pieces_of(query))) == parse_query(query)


@given(QUERIES, st.data())
def test_a_term_can_be_taken_out_or_turned_round(query: str, data: st.DataObject) -> None:
    count = len(pieces_of(query))
    number = data.draw(st.integers(0, count - 1))
    assert len(pieces_of(without_piece(query, number))) == count - 1
    turned = with_negation(query, number)
    assert turned != query
    assert parse_query(with_negation(turned, number)) == parse_query(query)


def test_what_or_joins_stays_joined_when_the_first_goes() -> None:
    assert without_piece("a OR b OR c d", 0) == "b OR c d"
    assert without_piece("a OR b c", 1) == "a c"


def test_labels_are_words() -> None:
    assert [piece.label for piece in pieces_of('paris -tag:"two words"')] == ["“paris”", "tag: two words"]


def test_tags_come_with_their_counts_the_frequent_first() -> None:
    found = complete("tag:", 4, FACTS).items
    assert [(item.text, item.detail) for item in found] == [
        ("tag:greeting", "12"),
        ('tag:"two words"', "3"),
        ("tag:geo", "1"),
    ]
    assert texts("tag:o w") == []
    assert texts('tag:"two w') == ['tag:"two words"']


def test_names_states_and_tags_fit_what_is_begun() -> None:
    assert texts("t")[:3] == ["tag:", "tokens:", "turns:"]
    assert "is:draft" in texts("dr")
    assert "tag:greeting" in texts("gre")
    assert texts("the") == []
    assert texts("") == []
    assert "tag:" in texts("", asked=True)


def test_every_filter_is_offered() -> None:
    assert {name for name, _ in FILTERS} == set(FILTER_NAMES)


def test_rules_are_found_by_code_and_by_name() -> None:
    assert texts("rule:")[0] == "rule:D202"
    assert texts("rule:F00")[0].startswith("rule:F00")
    assert "rule:D202" in texts("rule:near")


def test_negation_is_kept() -> None:
    assert texts("-is:d") == ["-is:draft"]
    assert texts("paris -split:t") == ["-split:train", "-split:test"]


def test_only_the_term_at_the_cursor_is_replaced() -> None:
    query = "paris tag:gre is:draft"
    found = complete(query, query.index(" is"), FACTS)
    text, cursor = accept(query, found, found.items[0])
    assert text == "paris tag:greeting is:draft"
    assert text[:cursor] == "paris tag:greeting "
    found = complete("is", 2, FACTS)
    assert accept("is", found, found.items[0]) == ("is:", 3)
    found = complete("is:dr", 5, FACTS)
    assert accept("is:dr", found, found.items[0]) == ("is:draft ", 9)


@given(QUERIES, st.data())
def test_every_suggestion_is_understood(query: str, data: st.DataObject) -> None:
    found = complete(query, data.draw(st.integers(0, len(query))), FACTS, asked=True)
    for item in found.items:
        if not item.goes_on and item.text != "OR":
            parse_query(item.text)


def test_a_misspelled_filter_says_what_may_have_been_meant() -> None:
    with pytest.raises(QueryError) as caught:
        parse_query("tagg:x")
    assert "tag:" in caught.value.advice
