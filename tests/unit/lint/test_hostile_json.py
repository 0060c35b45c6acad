"""JSON that means harm gives findings with a place, never a crash."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finetune_studio.lint import LintConfig, check_dataset, check_example, check_file, facts_of_batch, merge
from finetune_studio.lint.batch import CRASHED

ALL = LintConfig()
GOOD = (
    b'{"messages": [{"role": "user", "content": "Hi, who is it?"}, {"role": "assistant", "content": "Me."}]}'
)
DEEP = 200_000
NOT_READ = frozenset({"F001", "F002", "F013", "F014"})

HOSTILE = [
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b'{"messages":' + b"[" * DEEP + b"]" * DEEP + b"}",
    b'{"messages":[{"role":"user","content":' + b"[" * 900 + b"]" * 900 + b"}]}",
    b'{"messages":[{"role":"assistant","content":"x","weight":' + b"9" * 5_000 + b"}]}",
    b'{"messages":[{"role":"assistant","content":"x","weight":1e999999}]}',
    b'{"messages":[{"role":"assistant","content":"x","weight":-0.' + b"0" * 5_000 + b"1}]}",
    b'{"messages":[{"role":"assistant","content":"x","weight":NaN}]}',
    b'{"messages":[{"role":"user","role":"assistant","content":"x","content":"y"}],"messages":[]}',
    b'{"messages":[{"role":"user","content":"\\ud800"},{"role":"assistant","content":"\\udc00\\ud83d"}]}',
    b'{"messages":[{"role":"us\\u0000er","content":"\\u0000"}]}',
    b'{"messages":[{"role":"user","content":"' + bytes(range(128, 256)) + b'"}]}',
    b'{"messages":[{"role":"user","content":"\xed\xa0\x80\xf4\x90\x80\x80\xc0\xaf"}]}',
    b'{"\\ud800":1,"messages":[{"\\udfff":"\\ud800","role":"user","content":"a"}]}',
    b"\xef\xbb\xbf" + GOOD,
    b"\x00",
    b"\xff\xfe" + GOOD,
    b'"' + b"\\" * 10_001,
    b"-",
    b"1e",
    b"tru",
    b'{"messages":{"0":{"role":"user"}}}',
    b'{"messages":[[],null,1,"x",{}]}',
    b'{"messages":[{"role":["user"],"content":{"a":1}},{"role":{},"content":[[[]]]}]}',
    b'{"messages":[{"role":"assistant","tool_calls":{"0":1},"content":null},{"role":"tool"}],"tools":{"a":"b"}}',
    b'{"preferred_output":1,"non_preferred_output":{},"input":[]}',
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good line with some bytes changed, taken out or put in."""
    line = bytearray(draw(st.sampled_from([GOOD, *(h for h in HOSTILE if len(h) < 2_000)])))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(len(line) - 1, 0)))
        piece = draw(st.one_of(st.binary(max_size=3), st.sampled_from([b'"', b"\\u", b"[" * 99, b"1" * 99])))
        line[place : place + draw(st.integers(0, 3))] = piece
    return bytes(line).replace(b"\n", b" ")


def judged(line: bytes) -> list[str]:
    """The codes of what is found; what cannot be read has a place, and both ways of checking agree."""
    facts = merge([facts_of_batch([GOOD, line, GOOD], ALL)])
    found = [d for d in facts.diagnostics if d.location.example == 1]
    assert all(d.location.example is not None for d in facts.diagnostics)
    assert found == sorted(check_example(line, ALL, key=1), key=lambda d: d.location.message_index or 0)
    for diagnostic in (*found, *check_dataset(facts, ALL)):
        assert diagnostic.code != CRASHED, diagnostic.message
    if not facts.columns.readable[1]:
        unread = [d for d in found if d.code in NOT_READ]
        assert unread
        assert unread[0].code == "F002" or "column" in unread[0].arguments
    return [d.code for d in found]


@pytest.mark.parametrize("line", HOSTILE, ids=lambda line: repr(line[:40]))
def test_known_tricks(line: bytes) -> None:
    judged(line)


@pytest.mark.parametrize("byte", range(256))
def test_every_byte_in_a_text_and_between_keys(byte: int) -> None:
    if byte != 0x0A:
        judged(GOOD.replace(b"Hi,", bytes([byte])))
        judged(GOOD.replace(b", ", bytes([byte]), 1))


@settings(deadline=None, max_examples=150)
@given(damaged())
@example(b"{")
def test_damaged_lines(line: bytes) -> None:
    judged(line)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=80))
def test_any_bytes_at_all(data: bytes) -> None:
    judged(data.replace(b"\n", b" ").strip() or b"-")


def test_a_file_of_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    path.write_bytes(GOOD + b"\n" + b"\n".join(HOSTILE) + b"\n" + GOOD)
    report = check_file(path)
    assert report.examples == len(HOSTILE) + 2
    told = {report.line_of(d) for d in report.diagnostics if d.code[0] == "F"}
    assert told >= {number for number, line in enumerate(HOSTILE, 2) if not _is_json(line)}


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
