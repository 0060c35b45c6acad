import json
from pathlib import Path

import pytest

from finetune_studio.domain.errors import InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats.base import Format
from finetune_studio.formats.records import encode
from finetune_studio.formats.registry import all_formats, find_format
from tests.helpers.builders import a_pair, chat_line, user

CHAT = chat_line(("user", "q"), ("assistant", "a"))
PAIR = encode(a_pair(user("q"), preferred="a", non_preferred="b"))


def format_of(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "data"
    path.write_bytes(data)
    return find_format(path).id


def test_layouts_are_told_by_content(tmp_path: Path) -> None:
    assert format_of(tmp_path, CHAT * 3 + b"broken\n") == "openai_chat"
    assert format_of(tmp_path, b"\xef\xbb\xbf\n" + PAIR * 3 + CHAT) == "openai_preference"
    pairs = json.dumps([json.loads(PAIR)] * 3, indent=2)
    assert format_of(tmp_path, pairs.encode("utf-16")) == "openai_preference"
    assert format_of(tmp_path, b'{"prompt": "x"}\n') == "openai_chat"


def test_a_first_line_longer_than_the_sample(tmp_path: Path) -> None:
    assert (
        format_of(tmp_path, PAIR.replace(b'"q"', b'"' + b"q" * 200_000 + b'"') + PAIR) == "openai_preference"
    )
    assert format_of(tmp_path, b'{"messages": "' + b"q" * 200_000) == "openai_chat"


@pytest.mark.parametrize("data", [b"name,age\nx,5\n", b"Dear all,\n", b"[1, 2]\n", b"<html></html>"])
def test_files_of_something_else(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match="does not look like"):
        format_of(tmp_path, data)


def test_by_id() -> None:
    for known in all_formats():
        assert find_format(known.id).title == known.title
    with pytest.raises(InputError, match="openai_chat"):
        find_format("word")


@pytest.mark.parametrize("known", all_formats(), ids=lambda known: known.id)
def test_each_reads_and_writes(tmp_path: Path, known: Format) -> None:
    body = PAIR if known.kind is ExampleKind.PREFERENCE else CHAT
    path = tmp_path / "data.jsonl"
    path.write_bytes(body)
    source = known.open(path)
    assert [line.example_kind for line in source] == [known.kind]
    assert source.info.examples == 1
