"""Lines that are read without a JSON reader are read as that one reads them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finetune_studio.kernels import library
from finetune_studio.lint.line_scan import Scan, scan_lines
from finetune_studio.lint.literals import LiteralIndex
from tests.helpers.numpy_only import numpy_only
from tests.helpers.shared_data import unpacked

GOOD = b'{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}]}'
ROLES = st.sampled_from(
    ["system", "user", "assistant", "tool", "developer", "function", "nobody", "systems", ""]
)
TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from('"\\/\b\f\n\r\t\0\x1f\x7f é東😀\ud83d\ude00')), max_size=20
)
MESSAGES = st.one_of(
    st.fixed_dictionaries({"role": ROLES, "content": TEXTS}),
    st.fixed_dictionaries({"content": TEXTS, "role": ROLES}),
    st.dictionaries(
        st.sampled_from(["role", "content", "name", "rôle"]), TEXTS | st.none() | st.integers(), max_size=3
    ),
)
EXAMPLES = st.one_of(
    st.fixed_dictionaries({"messages": st.lists(MESSAGES, max_size=4)}),
    st.fixed_dictionaries({"messages": st.lists(MESSAGES, max_size=2), "tools": st.just([])}),
    st.just([]),
)


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """An example in one of many spellings, now and then damaged."""
    indent = draw(st.sampled_from([None, 1]))
    separators = draw(st.sampled_from([(",", ":"), (" , ", " :\t"), (",\r ", ": ")]))
    text = json.dumps(
        draw(EXAMPLES), ensure_ascii=draw(st.booleans()), indent=indent, separators=separators
    ).replace("\n", " ")
    line = draw(st.sampled_from(["", " ", "\t"])).encode() + text.encode("utf-8", "surrogatepass")
    if draw(st.booleans()):
        place = draw(st.integers(0, len(line)))
        put = draw(
            st.sampled_from(
                [b"", b'"', b"\\", b"\\u", b"\xff", b"\xc3", b"\xed\xa0\x80", b"}", b",", b"\0", b"0"]
            )
        )
        line = line[:place] + put + line[place + draw(st.integers(0, 2)) :]
    return line.replace(b"\n", b" ") + draw(st.sampled_from([b"", b"\r"]))


def scan_of(batch: Sequence[bytes]) -> Scan:
    return scan_lines(batch, LiteralIndex(batch))


def told(scan: Scan, count: int) -> dict[str, Any]:
    return {
        "plain": scan.plain,
        "shapes": [scan.shapes.shapes[number].roles for number in scan.shape_numbers],
        "texts": list(scan.texts),
        "bytes": scan.block.joined,
        "ends": scan.block.ends.tolist(),
        "unusual": scan.unusual,
        "problems": scan.problems,
        "values": [repr(scan.values[n]) for n in range(count)],
    }


def assert_read_alike(batch: Sequence[bytes]) -> None:
    compiled = told(scan_of(batch), len(batch))
    with numpy_only():
        assert compiled == told(scan_of(batch), len(batch))


@settings(deadline=None, max_examples=400)
@given(st.lists(lines() | st.just(GOOD), max_size=6))
@example([])
@example([GOOD[:-1]])
def test_lines_are_read_alike(batch: list[bytes]) -> None:
    assert_read_alike(batch)


@pytest.mark.parametrize("place", range(len(GOOD) + 1))
def test_every_byte_at_every_place(place: int) -> None:
    """Put in before a byte, and in its stead; cut there."""
    odd = b'\0\t\n\r\x1f "\\/:,{}[]0au\x7f\x80\xbf\xc0\xc2\xe0\xed\xf0\xf4\xf8\xff'
    batch = [GOOD[:place] + bytes([byte]) + GOOD[place:] for byte in odd if byte != ord("\n")]
    batch += [GOOD[:place] + bytes([byte]) + GOOD[place + 1 :] for byte in odd if byte != ord("\n")]
    assert_read_alike([*batch, GOOD[:place], GOOD[place:], GOOD])


@pytest.mark.parametrize(
    "escape",
    [
        *("\\n", "\\/", "\\u00e9", "\\u0000", "\\uD83D\\uDE00", "\\ud83d\\ude00", "\\u001F", "\\u2028"),
        *("\\u07ff\\u0800\\uffff", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\ud83dx", "\\u12", "\\u12g4"),
        *("\\x41", "\\", "\\'", "\\U0041", "\\u", "\\ud83d\\ude0"),
    ],
)
@pytest.mark.parametrize("before", ["", "1234567", "12345678"])
def test_escapes(escape: str, before: str) -> None:
    assert_read_alike([GOOD.replace(b"Hi", f"{before}{escape}".encode()), GOOD])


@pytest.mark.parametrize("point", [0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF])
def test_characters_of_any_length(point: int) -> None:
    letter = chr(point).encode()
    assert_read_alike([GOOD.replace(b"Hi", letter * 9), GOOD.replace(b"Hi", letter[:-1] + b"x"), GOOD])
    assert scan_of([GOOD.replace(b"Hi", letter * 9)]).texts[0] == chr(point) * 9


@pytest.mark.parametrize(
    "line",
    [
        b'{"messages": [{"role": "user", "role": "user"}]}',
        b'{"messages": [{"content": "a", "content": "b"}]}',
        b'{"messages": [{"role": "user", "content": "a", "role": "user"}]}',
        b'{"messages": [], "messages": [{"role": "user", "content": "a"}]}',
        b'{"messages": [{"role": "us\\u0065r", "content": "a"}]}',
        b'{"messages": [{"rol\\u0065": "user", "content": "a"}]}',
        b'\xef\xbb\xbf{"messages": [{"role": "user", "content": "a"}]}',
        b'{"messages": [{"role": "user", "content": "a"},]}',
        b'{"messages": [{"role": "user", "content": "a"}]},',
        b'{"messages": [{"role": "user", "content": "a"}]} {}',
        b'{"messages": [{"role": "user" "content": "a"}]}',
        b'{"messages": [{"role": "user", "content": NaN}]}',
        b'{"messages": {"role": "user", "content": "a"}}',
    ],
)
def test_what_is_not_quite_the_common_shape(line: bytes) -> None:
    assert_read_alike([line, GOOD, line])


def test_plain_lines_need_no_reader() -> None:
    if library() is None:
        pytest.skip("nothing was compiled")
    scan = scan_of([GOOD, b"[]", GOOD])
    assert scan.plain == [0, 2]
    assert not {0, 2} & set(scan.values._known)
    assert scan.values[2] == json.loads(GOOD)


def test_real_conversations_are_read_alike() -> None:
    assert_read_alike(unpacked("conversations_20k.jsonl.xz").splitlines()[::7])


def test_texts_can_be_asked_for_in_every_way() -> None:
    texts = scan_of([GOOD, GOOD]).texts
    assert len(texts) == 4
    assert (texts[0], texts[-1], texts[1:3], list(texts)) == ("Hi", "Yes", ["Yes", "Hi"], ["Hi", "Yes"] * 2)
    for index in (4, -5):
        with pytest.raises(IndexError):
            texts[index]
