import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.formats.json_reader import (
    MAX_DEPTH,
    JsonSyntaxError,
    NodeKind,
    SyntaxProblem,
    parse,
    position_of,
    walk,
)
from tests.unit.formats.strategies import VALUE, normalised, spelled


def no_constants(word: str) -> Any:
    raise ValueError(word)


def strict_json(data: bytes) -> Any:
    """What Python's json makes of it, without its NaN and Infinity; ValueError otherwise."""
    return json.loads(data.decode("utf-8"), parse_constant=no_constants)


def failure(data: bytes) -> JsonSyntaxError:
    with pytest.raises(JsonSyntaxError) as caught:
        parse(data)
    return caught.value


@given(st.data())
def test_values_are_those_of_json(data: st.DataObject) -> None:
    value = data.draw(VALUE)
    body = data.draw(spelled(value))
    assert parse(body).value() == strict_json(body) == normalised(value)


PIECES = ["{", "}", "[", "]", ",", ":", '"a"', '"', "\\", "\\u00e9", "\\ud800", "0", "1", "-", ".", "e", "E5"]
PIECES += [
    "true",
    "false",
    "null",
    " ",
    "\n",
    "\t",
    "\r",
    "\x0b",
    "\xa0",
    "\ufeff",
    "é",
    "01",
    "1.5",
    "N",
    "nul",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_accepts_exactly_what_json_does(text: str) -> None:
    data = text.encode()
    try:
        expected = strict_json(data)
    except ValueError:
        failure(data)
    else:
        assert parse(data).value() == expected


@given(st.data())
def test_accepts_exactly_what_json_does_after_damage(data: st.DataObject) -> None:
    body = data.draw(spelled(data.draw(VALUE)))
    at = data.draw(st.integers(0, len(body)))
    cut = data.draw(st.integers(0, 3))
    damaged = body[:at] + data.draw(st.sampled_from(PIECES)).encode() + body[at + cut :]
    try:
        expected = strict_json(damaged)
    except ValueError:
        error = failure(damaged)
        assert 0 <= error.offset <= len(damaged)
        assert error.line >= 1
        assert error.column >= 1
    else:
        assert parse(damaged).value() == expected


@given(st.binary(max_size=30))
def test_any_bytes_parse_or_give_an_error_with_a_place(data: bytes) -> None:
    try:
        strict_json(data)
    except (ValueError, RecursionError):
        assert 0 <= failure(data).offset <= len(data)
    else:
        parse(data)


@given(st.data())
def test_spans_are_those_of_the_values(data: st.DataObject) -> None:
    body = data.draw(spelled(data.draw(VALUE)))
    root = parse(body)
    assert body[root.start : root.end] == body.strip(b" \r\n\t")
    for _, node in walk(root):
        assert json.loads(node.raw) == node.value()
        for member in node.members:
            assert json.loads(body[member.key_start : member.key_end]) == member.key


def test_duplicates_and_spelling_are_kept() -> None:
    root = parse(b'{"a": 1.50, "a": 10000000000000000000001, "\\u0061": 1e5}')
    assert [(member.key, member.value.raw) for member in root.members] == [
        ("a", b"1.50"),
        ("a", b"10000000000000000000001"),
        ("a", b"1e5"),
    ]
    assert root.value() == {"a": 100000.0}


def test_numbers_of_any_length_do_not_crash() -> None:
    assert parse(b"1" * 5000).value() == float("inf")
    assert parse(b"-" + b"9" * 4000).value() == -int("9" * 4000)
    assert parse(b"1e400").value() == float("inf")


def test_lone_surrogates_are_read() -> None:
    assert parse(b'"\\ud800x"').value() == "\ud800x"


def test_depth_is_bounded_and_the_stack_is_not_used() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    node = parse(deepest)
    assert len(list(walk(node))) == MAX_DEPTH
    value = node.value()
    while value:
        value = value[0]
    for one_more in (b"[" + deepest + b"]", b'{"a":' * 100_000):
        assert failure(one_more).problem is SyntaxProblem.TOO_DEEP


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity"])
def test_not_finite_numbers_have_a_place_and_can_be_let_in(word: bytes) -> None:
    body = '{"é": '.encode() + word + b"}"
    error = failure(body)
    assert (error.problem, error.line, error.column) == (SyntaxProblem.NOT_FINITE, 1, 7)
    node = parse(body, allow_not_finite=True).get("é")
    assert node is not None
    assert (node.kind, node.raw) == (NodeKind.NUMBER, word)
    assert str(node.value()) in ("nan", "inf", "-inf")


def test_bytes_that_are_not_utf8() -> None:
    error = failure(b'{"a":\n "\xc3\xa9\xff"}')
    assert (error.problem, error.line, error.column, error.offset) == (SyntaxProblem.ENCODING, 2, 4, 10)
    assert "FF" in error.text
    assert failure(b'"\xed\xa0\x80"').problem is SyntaxProblem.ENCODING


@pytest.mark.parametrize(
    ("body", "column", "words"),
    [
        (b"", 1, "nothing here"),
        (b"  \n", 1, "nothing here"),
        (b'{"a":1,}', 8, "comma stands before"),
        (b"[1,]", 4, "comma stands before"),
        (b"[1 2]", 4, "a comma or ] should"),
        (b'{"a":1 "b":2}', 8, "a comma or } should"),
        (b"[1}", 3, "closes what was not opened"),
        (b"{'a': 1}", 2, "double quotes"),
        (b"{a: 1}", 2, "a key in double quotes"),
        (b'{"a" 1}', 6, "colon"),
        (b'{"a": True}', 7, "write true"),
        (b'{"a": None}', 7, "write null"),
        (b'{"a": 01}', 8, "zero"),
        (b'{"a": .5}', 7, "not a number"),
        (b'{"a": "x}\n', 7, "never closed"),
        (b'{"a": "\\x41"}', 8, "\\x is not an escape"),
        (b'{"a": "\\u12"}', 8, "four hexadecimal"),
        (b'{"a": "x\ty"}', 9, "\\t"),
        (b'{"a": "x\x01y"}', 9, "\\u0001"),
        (b'{"a": 1', 8, "} or a comma"),
        ('{"é": 1'.encode() + b" \r\n", 8, "} or a comma"),
        (b'{"a": 1}{"b": 2}', 9, "line break missing"),
        (b'{"a": 1} x', 10, "follows the end"),
        (b'{"a": 1} // no', 10, "comments"),
        (b"\xef\xbb\xbf{}", 1, "byte order mark"),
        (b'{"a":', 6, "a value"),
        (b'{"a"', 5, "colon"),
    ],
)
def test_errors_say_what_and_where(body: bytes, column: int, words: str) -> None:
    error = failure(body)
    assert words in error.text
    assert (error.line, error.column) == (1, column)


def test_position_of() -> None:
    root = parse('{"é": [1,\n {"b/c": null}]}'.encode())
    place = position_of(root, "/é/1/b~1c")
    assert place is not None
    assert (place.line, place.column) == (2, 10)
    assert position_of(root, "/é/2") is None
    assert position_of(root, "/é/0/x") is None
