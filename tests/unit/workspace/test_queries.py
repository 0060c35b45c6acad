"""Reading: filters, order, rows, counts; with the full text and without it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.errors import UsageError
from finetune_studio.domain.example import ExampleKind, ReviewState
from finetune_studio.domain.id_set import IdSet
from finetune_studio.domain.split import Split
from finetune_studio.settings.paths import AppPaths
from finetune_studio.workspace.operations import examples, messages, review, splits, tags
from finetune_studio.workspace.queries.examples import (
    counts,
    get_example,
    history_of,
    list_ids,
    rows,
    tag_counts,
)
from finetune_studio.workspace.queries.ordering import Order, Sort
from finetune_studio.workspace.queries.query_terms import QueryError
from finetune_studio.workspace.queries.search import parse_query
from finetune_studio.workspace.queries.summaries import MAX_LENGTH, searchable_text, summary_of
from finetune_studio.workspace.tasks import ImmediateRunner
from finetune_studio.workspace.workspace import Workspace
from tests.helpers.builders import chat_line

CALL = {"id": "c", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Lima"}'}}
LINES = [
    chat_line(("system", "Be brief."), ("user", "How far is the Moon?"), ("assistant", "Around 384,400 km.")),
    chat_line(("user", 'Où est le café ? "ici"'), ("assistant", "100 % sûr, là_bas")),
    json.dumps(
        {
            "messages": [
                {"role": "user", "content": "Caf\u00e9 \u6771\u4eac"},
                {"role": "assistant", "tool_calls": [CALL]},
            ]
        }
    ).encode()
    + b"\n",
    b'{"input":{"messages":[{"role":"user","content":"Moonlight?"}]},"preferred_output":[{"role":"assistant",'
    b'"content":"yes"}],"non_preferred_output":[{"role":"assistant","content":"no"}]}\n',
    b'{"text": "plain moon"}\n',
]


@pytest.fixture(params=["full text", "bytes"])
def found(request: pytest.FixtureRequest, tmp_path: Path, paths: AppPaths) -> Iterator[Workspace]:
    source = tmp_path / "data.jsonl"
    source.write_bytes(b"".join(LINES))
    workspace = Workspace.open_any(source, paths=paths, runner=ImmediateRunner())
    if request.param == "full text":
        workspace.text_index.start()
        assert workspace.text_index.upto == 5
    yield workspace
    workspace.close()


def ranks(workspace: Workspace, query: str) -> list[int]:
    return [row.rank for row in rows(workspace, list_ids(workspace, query))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("far moon", [0]),
        ("FAR", [0]),
        ('"the moon"', [0]),
        ('"moon the"', []),
        ("moon -brief is:conversation", []),
        ("café", [1, 2]),
        ("東京", [2]),
        ("lima", [2]),
        ("384,400", [0]),
        ("is:pair", [3]),
        ("is:other", [4]),
        ("moonlight OR lima", [2, 3]),
        ("role:system", [0]),
        ("-role:system is:conversation", [1, 2]),
        ("has:tool", [2]),
        ("line:2..3", [1, 2]),
        ("source:data", [0, 1, 2, 3, 4]),
        ("source:%", []),
        ("is:approved", []),
        ("-is:approved", [0, 1, 2, 3, 4]),
        ("split:none", [0, 1, 2, 3, 4]),
        ("tokens:>0", []),
    ],
)
def test_filters(found: Workspace, query: str, expected: list[int]) -> None:
    assert ranks(found, query) == expected


def test_what_is_special_in_sql_is_plain_text(found: Workspace) -> None:
    assert ranks(found, '"100 %"') == [1]
    assert ranks(found, "là_bas") == [1]
    assert ranks(found, "'; DROP TABLE example; --") == []
    assert counts(found).total == 5


def test_filters_by_review(found: Workspace) -> None:
    ids = list_ids(found)
    found.perform(review.set_status, IdSet.of(ids[:2]), ReviewState.REJECTED)
    found.perform(splits.set_split, IdSet.of(ids[1:3]), Split.VALIDATION)
    found.perform(tags.add_tag, IdSet.of([ids[4]]), "Two words")
    found.perform(tags.add_tag, IdSet.of([ids[3]]), "two")
    found.perform(review.set_note, ids[2], "50 % done")
    found.perform(messages.set_message_text, ids[0], 1, "edited text")
    assert ranks(found, "is:rejected") == [0, 1]
    assert ranks(found, "split:val -is:rejected") == [2]
    assert ranks(found, 'tag:"TWO words"') == [4]
    assert ranks(found, "tag:two") == [3]
    assert ranks(found, "tag:two*") == [3, 4]
    assert ranks(found, "has:tag") == [3, 4]
    assert ranks(found, 'note:"50 %"') == [2]
    assert ranks(found, "has:note") == [2]
    assert ranks(found, "is:edited") == [0]
    assert ranks(found, '"edited text"') == [0]
    assert ranks(found, "far") == []
    assert tag_counts(found) == [("Two words", 1), ("two", 1)]
    numbers = counts(found)
    assert numbers.by_status[ReviewState.REJECTED] == 2
    assert numbers.by_split[Split.VALIDATION] == 2
    assert numbers.by_kind == {ExampleKind.CONVERSATION: 3, ExampleKind.PREFERENCE: 1, ExampleKind.OTHER: 1}


def test_orders(found: Workspace) -> None:
    ids = list(list_ids(found))
    assert list(list_ids(found, order=Order(descending=True))) == ids[::-1]
    found.perform(messages.set_message_text, ids[3], 0, "a longer text than all the others " * 9)
    found.lint.start()
    assert list_ids(found, order=Order(Sort.TOKENS, descending=True))[0] == ids[3]
    by_findings = list_ids(found, order=Order(Sort.FINDINGS, descending=True))
    numbers = [row.n_findings for row in rows(found, by_findings)]
    assert numbers == sorted(numbers, reverse=True)
    assert list_ids(found, order=Order(Sort.EDITED, descending=True))[0] == ids[3]
    assert sorted(list_ids(found, order=Order(Sort.STATUS))) == sorted(ids)


def test_roles_by_the_checks(found: Workspace) -> None:
    queries = ("role:system", "-role:system is:conversation", "role:assistant", "role:nobody")
    before = [ranks(found, query) for query in queries]
    found.lint.start()
    assert found.lint.ids_with_role("system") is not None
    assert [ranks(found, query) for query in queries] == before


def test_rows(found: Workspace) -> None:
    ids = list(list_ids(found))
    one, two, three, four, five = rows(found, ids)
    assert (one.title, one.preview, one.rank) == ("How far is the Moon?", "Around 384,400 km.", 0)
    assert three.preview == 'weather({"city": "Lima"})'
    assert (four.title, four.preview) == ("Moonlight?", "yes")
    assert five.title == '{"text": "plain moon"}'
    assert two.tokens is None
    assert [row.id for row in rows(found, [ids[2], 10_000, ids[0]])] == [ids[2], ids[0]]
    found.perform(examples.delete_examples, IdSet.of(ids[:1]))
    assert [row.rank for row in rows(found, ids[1:])] == [0, 1, 2, 3]
    with pytest.raises(UsageError):
        get_example(found, ids[0])


def test_history_of_one_example(found: Workspace) -> None:
    first, second = list_ids(found)[:2]
    found.perform(messages.set_message_text, first, 1, "x")
    found.perform(review.set_status, IdSet.of([second]), ReviewState.APPROVED)
    assert [step.code for step in history_of(found, first)] == ["message.edit", "import.file"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30))
def test_no_query_breaks_the_sql(found: Workspace, text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert set(list_ids(found, query)) <= set(list_ids(found))


@given(st.binary(max_size=200))
def test_any_bytes_have_a_summary(body: bytes) -> None:
    title, preview = summary_of(body)
    assert len(title) <= MAX_LENGTH
    assert len(preview) <= MAX_LENGTH
    assert "\n" not in title + preview
    searchable_text(body)


@given(
    st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3))
)
def test_any_value_in_the_place_of_messages_has_a_summary(value: object) -> None:
    for line in ({"messages": value}, {"messages": [value]}, {"input": value, "preferred_output": value}):
        body = json.dumps(line).encode("utf-8", "surrogatepass")
        assert isinstance(summary_of(body), tuple)
        assert isinstance(searchable_text(body), str)
