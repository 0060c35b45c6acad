import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.formats.json_documents import on_one_line, split_values
from finetune_studio.formats.json_reader import parse
from tests.unit.formats.strategies import VALUE, normalised


def pieces(data: bytes) -> list[bytes]:
    return [data[start:end] for start, end in split_values(data)]


def printed(value: Any, indent: int | None) -> bytes:
    text = json.dumps(value, indent=indent)
    return text.encode()


@given(st.lists(VALUE, max_size=5), st.sampled_from([None, 0, 2]))
def test_items_of_a_list(items: list[Any], indent: int | None) -> None:
    found = pieces(b"\n" + printed(items, indent) + b"\r\n")
    assert [json.loads(piece) for piece in found] == normalised(items)


@given(st.lists(st.dictionaries(st.text(), VALUE), min_size=1, max_size=4))
def test_objects_one_after_the_other(objects: list[Any]) -> None:
    data = b"\n".join(printed(item, 1) for item in objects)
    assert [json.loads(piece) for piece in pieces(data)] == normalised(objects)


@given(VALUE)
def test_one_line_means_the_same(value: Any) -> None:
    for indent in (0, 3):
        data = printed(value, indent).replace(b"\n", b"\r\n")
        joined = on_one_line(data)
        assert b"\n" not in joined
        assert b"\r" not in joined
        assert parse(joined).value() == normalised(value)


def test_what_is_on_one_line_already_is_left_alone() -> None:
    data = b'{"a" :  1.0,\t"b":"\\n"} '
    assert on_one_line(data) is data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"[]", []),
        (b"[ ]  ", []),
        (b"[1] x", [b"1", b"x"]),
        (b'[{"a": 1', [b'{"a": 1']),
        (b'[{"a": "x, 2', [b'{"a": "x, 2']),
        (b'[{"a": [1}, 2]', [b'{"a": [1}, 2]']),
        (b"{} }{}", [b"{}", b"}{}"]),
        (b"", []),
    ],
)
def test_broken_documents_lose_nothing(data: bytes, expected: list[bytes]) -> None:
    assert pieces(data) == expected
