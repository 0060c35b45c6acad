"""The laid-out JSON of an example goes back to the bytes it came from, but for what was edited."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune_studio.formats.json_errors import JsonSyntaxError
from finetune_studio.formats.json_merge import lay_out, take_layout
from finetune_studio.formats.records import loads_exact

ODD = b'{"a":1.50, "b" :[1e5 ,{"x": "\\u00e9"}],"b":[ ],"big":12345678901234567890123,  "c": {"d":null}}\r\n'
SHOWN = """{
  "a": 1.50,
  "b": [
    1e5,
    {
      "x": "\\u00e9"
    }
  ],
  "b": [],
  "big": 12345678901234567890123,
  "c": {
    "d": null
  }
}"""


def test_numbers_escapes_and_doubled_keys_are_shown_as_they_are() -> None:
    assert lay_out(ODD) == SHOWN
    assert take_layout(SHOWN, ODD) == ODD


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("1.50", "2.5", ODD.replace(b"1.50", b"2.5")),
        ("1e5", "1e6", ODD.replace(b"1e5", b"1e6")),
        ('"d": null', '"d": 7.10', ODD.replace(b'"d":null', b'"d":7.10')),
        ('  "a": 1.50,\n', "", ODD.replace(b'"a":1.50, ', b"")),
        (
            '"big": 12',
            '"new": {"k": [1, 2]},\n  "big": 12',
            ODD.replace(b'"big"', b'"new":{"k":[1, 2]},"big"'),
        ),
        ("1e5,", "1e5, 1e5, ", ODD.replace(b"[1e5 ,{", b"[1e5 ,1e5,{")),
        ('"x"', '"y"', ODD.replace(b'"x": ', b'"y": ')),
    ],
)
def test_an_edit_changes_only_what_it_names(before: str, after: str, wanted: bytes) -> None:
    assert take_layout(SHOWN.replace(before, after, 1), ODD) == wanted


def test_whole_values_may_be_written_anew() -> None:
    assert take_layout("[1,\n 2]", b'{"a": 1}\n') == b"[1, 2]\n"
    assert take_layout('{"a": 1}', b"not json\n") == b'{"a": 1}\n'
    assert take_layout('{"a": {}}', b"{}\n") == b'{"a": {}}\n'


def test_an_error_names_its_line_and_column() -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        take_layout('{\n  "a": 1\n  "b": 2\n}', b"{}")
    assert (caught.value.line, caught.value.column) == (3, 3)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@st.composite
def spelled(draw: st.DrawFn) -> bytes:
    """A value as some program writes it."""
    separators = draw(st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : ")]))
    indent = draw(st.sampled_from([None, None, 1]))
    text = json.dumps(draw(VALUES), ensure_ascii=draw(st.booleans()), separators=separators, indent=indent)
    return text.encode("utf-8", "surrogatepass") + draw(st.sampled_from([b"", b"\n", b"\r\n"]))


@given(spelled())
def test_without_an_edit_every_byte_comes_back(body: bytes) -> None:
    assert take_layout(lay_out(body), body) == body


@given(spelled(), VALUES)
def test_after_any_edit_the_value_is_what_was_written(body: bytes, value: object) -> None:
    text = json.dumps(value, indent=2)
    assert loads_exact(take_layout(text, body)) == loads_exact(text.encode())


@given(st.dictionaries(st.text(max_size=4), VALUES, min_size=2, max_size=5), st.data())
def test_other_members_keep_their_bytes(value: dict[str, object], data: st.DataObject) -> None:
    body = json.dumps(value, separators=(" ,", ": ")).encode()
    key = data.draw(st.sampled_from(sorted(value)))
    changed = {**value, key: data.draw(VALUES)}
    written = take_layout(json.dumps(changed, indent=3), body)
    if not isinstance(value[key], dict | list):
        assert written.startswith(body[: body.index(json.dumps(key).encode() + b": ")])
    assert loads_exact(written) == loads_exact(json.dumps(changed).encode())
