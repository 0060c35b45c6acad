"""Naughty strings and real files through reading, decoding, editing and writing."""

import json
from pathlib import Path

import pytest

from finetune_studio.domain.edits import Edit, EditOp
from finetune_studio.formats.json_reader import parse
from finetune_studio.formats.jsonl import JsonlSource
from finetune_studio.formats.patch import apply_edits
from finetune_studio.formats.records import decode, encode, loads, loads_exact
from finetune_studio.formats.writing import AtomicWriter
from tests.helpers.builders import a_conversation, assistant, user
from tests.helpers.shared_data import shared_file, unpacked


def test_naughty_strings_survive_every_way() -> None:
    for text in json.loads(shared_file("blns.json").read_text("utf-8")):
        record = a_conversation(user(text), assistant("ok"))
        body = encode(record)
        assert decode(body)[1] == record
        plain = encode(a_conversation(user("x"), assistant("ok")))
        assert apply_edits(plain, [Edit(EditOp.REPLACE, "/messages/0/content", text)]) == body
        whole = Edit(EditOp.SPLICE, "/messages/0/content", "x", start=0, end=len(text))
        assert apply_edits(body, [whole]) == plain
        escaped = json.dumps(loads(body)).encode()
        assert loads_exact(escaped) == loads(body)
        if text:
            first = Edit(EditOp.SPLICE, "/messages/0/content", "", start=0, end=1)
            assert loads(apply_edits(escaped, [first]))["messages"][0]["content"] == text[1:]


@pytest.mark.parametrize("name", ["conversations_20k.jsonl.xz", "near_duplicates_5k.jsonl.xz"])
def test_real_files_come_back_byte_for_byte(tmp_path: Path, name: str) -> None:
    data = unpacked(name)
    path, copy = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(data)
    source = JsonlSource(path)
    with AtomicWriter(copy) as out:
        for line in source:
            out.write(line.data)
    assert copy.read_bytes() == data
    assert source.info.is_verbatim
    assert source.info.examples == source.info.lines == data.count(b"\n")
    assert [line.data for line in JsonlSource(shared_file(name), judge=False)] == data.splitlines(True)


def test_real_lines_decode_encode_and_parse_the_same() -> None:
    for body in unpacked("conversations_20k.jsonl.xz").splitlines(True)[::25]:
        record = decode(body)[1]
        assert record is not None
        assert loads(encode(record)) == loads(body) == parse(body).value()


@pytest.mark.parametrize("name", ["alpaca_demo.json", "preference_demo.json", "sharegpt_demo.json"])
def test_lists_in_json_files(name: str) -> None:
    path = shared_file(name)
    source = JsonlSource(path)
    assert [loads(line.data) for line in source] == json.loads(path.read_bytes())
    assert source.info.unreadable == 0
