import bz2
import gzip
import lzma
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finetune_studio.domain.errors import CancelledError, InputError
from finetune_studio.domain.example import ExampleKind
from finetune_studio.formats import jsonl, line_judge, source_stream
from finetune_studio.formats.jsonl import (
    JsonlSource,
    LineKind,
    ProblemKind,
    SourceEncoding,
    SourceLayout,
    scan_lines,
)
from tests.helpers.builders import chat_line

CHAT = chat_line(("user", "hé\u2028 you"), ("assistant", "ok"))


def a_file(tmp_path: Path, data: bytes, name: str = "data.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def rebuilt(source: JsonlSource) -> bytes:
    lines = [line.data for line in source]
    return source.info.bom + b"".join(lines)


def test_lines_with_numbers_offsets_kinds_and_problems(tmp_path: Path) -> None:
    data = CHAT + b"  \r\n" + b'{"a": 1,}\n' + b"[1]\n" + b'{"a": 1}'
    source = JsonlSource(a_file(tmp_path, data), digest=True)
    lines = list(source)
    assert [(line.number, line.kind, line.example_kind) for line in lines] == [
        (1, LineKind.EXAMPLE, ExampleKind.CONVERSATION),
        (2, LineKind.BLANK, None),
        (3, LineKind.UNREADABLE, None),
        (4, LineKind.UNREADABLE, None),
        (5, LineKind.EXAMPLE, ExampleKind.OTHER),
    ]
    assert all(data[line.offset :].startswith(line.data) for line in lines)
    broken, no_object = lines[2].problem, lines[3].problem
    assert broken is not None
    assert (broken.line, broken.column, broken.kind) == (3, 9, ProblemKind.NOT_JSON)
    assert broken.message == "A comma stands before the closing bracket."
    assert no_object is not None
    assert (no_object.kind, no_object.column) == (ProblemKind.NOT_OBJECT, 1)
    info = source.info
    assert (info.line_end, info.final_newline, info.bom) == ("mixed", False, b"")
    assert (info.lines, info.examples, info.blank, info.unreadable) == (5, 2, 1, 2)
    assert info.size == len(data)
    assert len(info.sha256) == 64


LINE = st.one_of(
    st.just(CHAT),
    st.just(CHAT.rstrip() + b"\r\n"),
    st.sampled_from(
        [b"\n", b"\r\n", b" \t\n", b"\x0b\n", b"\xc2\x85\n", b"{}\n", b"\r{}\r\n", b"[]\n", b"{,\n"]
    ),
    st.binary(max_size=20).map(lambda data: b'{"' + data.replace(b"\n", b"") + b'"}\n'),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    bom=st.sampled_from([b"", b"\xef\xbb\xbf"]),
    lines=st.lists(LINE, max_size=6),
    last=st.sampled_from([b"", b"{}", b" ", CHAT.rstrip()]),
)
def test_files_come_back_byte_for_byte(tmp_path: Path, bom: bytes, lines: list[bytes], last: bytes) -> None:
    data = CHAT * 40 + b"".join(lines) + last  # with a few damaged lines it is still a text
    source = JsonlSource(a_file(tmp_path, bom + data), encoding="utf-8")
    assert rebuilt(source) == bom + data
    assert source.info.is_verbatim
    assert [line.data for line in scan_lines(source.path, judge=False)] == [line.data for line in source]
    assert source.info.lines == data.count(b"\n") + (not data.endswith(b"\n"))


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    body = '{"messages": [{"role": "user", "content": "a\u2028b\u2029c\x85d"}]}\n'.encode()
    assert [line.kind for line in scan_lines(a_file(tmp_path, body * 2))] == [LineKind.EXAMPLE] * 2


@pytest.mark.parametrize(
    ("codec", "name", "bom"),
    [
        ("utf-16", "utf-16-le", True),
        ("utf-16-le", "utf-16-le", False),
        ("utf-16-be", "utf-16-be", False),
        ("utf-32", "utf-32-le", True),
        ("utf-32-be", "utf-32-be", False),
        ("cp1252", "cp1252", False),
    ],
)
def test_other_encodings_are_converted_and_it_is_said(
    tmp_path: Path, codec: str, name: str, bom: bool
) -> None:
    text = chat_line(("user", "Grüße, “Welt” – €"), ("assistant", "ok")).decode() * 3
    source = JsonlSource(a_file(tmp_path, text.encode(codec)))
    assert [line.data for line in source] == [text[: len(text) // 3].encode()] * 3
    assert source.info.encoding == name
    assert source.probe.encoding.certain is bom
    assert not source.info.is_verbatim
    assert "exports are in UTF-8" in source.info.notices[0]


def test_a_utf8_file_with_a_damaged_line_stays_utf8(tmp_path: Path) -> None:
    source = JsonlSource(a_file(tmp_path, CHAT + b'{"a": "\xe9"}\n'))
    lines = list(source)
    assert source.info.encoding == "utf-8"
    problem = lines[1].problem
    assert problem is not None
    assert (problem.kind, problem.line, problem.column) == (ProblemKind.NOT_UTF8, 2, 8)
    assert source.info.is_verbatim


def test_an_encoding_can_be_chosen(tmp_path: Path) -> None:
    path = a_file(tmp_path, CHAT + b'{"a": "\xe9\x81"}\n')
    assert list(scan_lines(path, encoding="cp1252"))[1].data == '{"a": "é\x81"}\n'.encode()


def test_encodings_by_their_other_names_and_unknown_ones(tmp_path: Path) -> None:
    path = a_file(tmp_path, CHAT)
    assert JsonlSource(path, encoding="UTF8").probe.encoding == SourceEncoding()
    assert JsonlSource(path, encoding="Windows-1252").probe.encoding.name == "cp1252"
    for name in ("klingon", "hex"):
        with pytest.raises(InputError, match="no text encoding"):
            JsonlSource(path, encoding=name)


def test_utf16_that_breaks_off_is_an_error(tmp_path: Path) -> None:
    path = a_file(tmp_path, (CHAT.decode() * 3).encode("utf-16")[:-3] + b"\x00\xd8" * 2)
    with pytest.raises(InputError, match="not UTF-16 text throughout"):
        list(scan_lines(path))


def test_lines_too_long_are_reported_and_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 1000)
    monkeypatch.setattr(jsonl, "_SKIP", 64)
    monkeypatch.setattr(line_judge, "MAX_LINE", 1000)
    long = b'{"a": "' + b"x" * 5000 + b'"}\n'
    source = JsonlSource(a_file(tmp_path, CHAT + long + CHAT + long[:-1]))
    lines = list(source)
    assert [len(line.data) > 0 for line in lines] == [True, False, True, False]
    assert [line.size for line in lines] == [len(CHAT), len(long), len(CHAT), len(long) - 1]
    problem = lines[1].problem
    assert problem is not None
    assert (problem.kind, problem.line) == (ProblemKind.TOO_LONG, 2)
    assert f"begins at byte {len(CHAT):,}" in problem.message
    assert (source.info.too_long, source.info.is_verbatim) == (2, False)


def test_a_line_of_the_greatest_length_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", len(CHAT))
    assert [line.data for line in scan_lines(a_file(tmp_path, CHAT * 2))] == [CHAT] * 2


def test_a_big_file_with_an_endless_line_streams(tmp_path: Path) -> None:
    path = a_file(tmp_path, CHAT + b'{"a": "' + b"x" * 100_000)
    with path.open("r+b") as file:
        file.truncate(200 << 20)
    seen: list[int] = []
    lines = scan_lines(path, judge=False, progress=lambda done, total: seen.append(done))
    assert [(line.number, len(line.data) > 0) for line in lines] == [(1, True), (2, False)]
    assert seen[-1] == 200 << 20
    assert seen == sorted(seen)


def test_reading_can_be_cancelled_from_its_progress(tmp_path: Path) -> None:
    def cancel(done: int, total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        list(scan_lines(a_file(tmp_path, CHAT), progress=cancel))


def test_a_json_list_gives_one_example_a_line(tmp_path: Path) -> None:
    data = b'[\n  {"messages": [\n    {"n": 1e5, "t": "a\\n, [b"}\n  ]},\n  {"b": 1,},\n  5\n]\n'
    source = JsonlSource(a_file(tmp_path, data, "data.json"))
    lines = list(source)
    assert [line.data for line in lines] == [
        b'{"messages": [{"n": 1e5, "t": "a\\n, [b"}]}\n',
        b'{"b": 1,}\n',
        b"5\n",
    ]
    assert [line.number for line in lines] == [2, 5, 6]
    problem = lines[1].problem
    assert problem is not None
    assert (problem.line, problem.column) == (5, 11)
    assert source.info.layout is SourceLayout.LIST
    assert "JSON list" in source.info.notices[0]


def test_a_json_list_on_one_line(tmp_path: Path) -> None:
    data = b"[" + CHAT.strip() + b", " + CHAT.strip() + b"]"
    assert [line.data for line in scan_lines(a_file(tmp_path, data))] == [CHAT] * 2


def test_objects_over_several_lines(tmp_path: Path) -> None:
    source = JsonlSource(a_file(tmp_path, b'{\n "a": "}"\n}\n{\n "b": [2]\n}\n'))
    assert [(line.number, line.data) for line in source] == [(1, b'{"a": "}"}\n'), (4, b'{"b": [2]}\n')]
    assert source.info.layout is SourceLayout.VALUES


def test_jsonl_whose_first_line_is_a_list_is_jsonl(tmp_path: Path) -> None:
    lines = list(scan_lines(a_file(tmp_path, b"[1]\n" + CHAT)))
    assert [line.kind for line in lines] == [LineKind.UNREADABLE, LineKind.EXAMPLE]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_files_are_read_and_it_is_said(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    source = JsonlSource(a_file(tmp_path, pack(CHAT * 3), "data.jsonl.packed"))
    assert [line.data for line in source] == [CHAT] * 3
    assert source.info.compression in source.info.notices[0]
    assert not source.info.is_verbatim


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
def test_compressed_files_that_break_off(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    with pytest.raises(InputError, match="damaged"):
        list(scan_lines(a_file(tmp_path, pack(os.urandom(200_000).hex().encode())[:-20])))


def test_compressed_files_are_unpacked_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_stream, "MAX_UNPACKED", 1 << 20)
    with pytest.raises(InputError, match="unpacks to more than"):
        list(scan_lines(a_file(tmp_path, gzip.compress(b" " * (3 << 20)))))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"PK\x03\x04" + b"x" * 50, "ZIP archive"),
        (b"SQLite format 3\x00" + b"\x00" * 50, "SQLite database"),
        (b"PAR1" + b"\x00" * 50, "Parquet"),
        (bytes(range(256)) * 8, "is not text"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        scan_lines(a_file(tmp_path, data))
    assert caught.value.advice


def test_a_real_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.jsonl", CHAT)
    with pytest.raises(InputError, match="ZIP"):
        scan_lines(path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        scan_lines(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        scan_lines(tmp_path / "absent.jsonl")
    with pytest.raises(InputError, match="zero byte"):
        scan_lines(Path("a\0b"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a file"):
        scan_lines(tmp_path / "pipe")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read all")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = a_file(tmp_path, CHAT)
    path.chmod(0)
    with pytest.raises(InputError, match="no permission"):
        scan_lines(path)


def test_info_is_there_only_after_reading(tmp_path: Path) -> None:
    source = JsonlSource(a_file(tmp_path, CHAT))
    with pytest.raises(ValueError, match="not read to its end"):
        _ = source.info
