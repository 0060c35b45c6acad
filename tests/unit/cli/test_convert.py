"""`convert`: lossless as it is, honest for a target."""

import json
from pathlib import Path

import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line

_ODD = (
    b"\xef\xbb\xbf"
    b'{"messages": [{"role": "user", "content": "caf\\u00e9"}, {"role":"assistant","content":"1"}],'
    b' "score": 1.50e3}\r\n'
    b"\n"
    b"{not json}\n"
    b'{"messages":[{"content":"b","role":"user"},{"role":"assistant","content":"c","weight":1}]}'
)


def test_a_file_is_copied_byte_for_byte(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(_ODD)
    assert main(["convert", str(source), str(out)]) == 0
    assert out.read_bytes() == _ODD


def test_a_file_goes_through_a_dataset_byte_for_byte(tmp_path: Path) -> None:
    source, dataset, out = tmp_path / "in.jsonl", tmp_path / "d.ftset", tmp_path / "out.jsonl"
    source.write_bytes(_ODD)
    assert main(["convert", str(source), str(dataset)]) == 0
    assert main(["convert", str(dataset), str(out)]) == 0
    assert out.read_bytes() == _ODD


def test_the_form_for_a_target_leaves_out_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(_ODD)
    arguments = ["convert", str(source), str(out), "--target", "openai:gpt-4.1-mini", "--format", "json"]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["written"] == 2
    assert [left["line"] for left in report["left_out"]] == [3]
    written = out.read_bytes().splitlines()
    assert [json.loads(line).keys() for line in written] == [{"messages"}, {"messages"}]
    assert b"caf\\u00e9" in written[0]


def test_an_existing_file_is_not_touched_without_overwrite(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(chat_line(("user", "a"), ("assistant", "b")))
    out.write_bytes(b"mine")
    assert main(["convert", str(source), str(out)]) == 2
    assert out.read_bytes() == b"mine"
    assert main(["convert", str(source), str(source), "--overwrite"]) == 2
    assert main(["convert", str(source), str(out), "--overwrite"]) == 0
    assert out.read_bytes() == source.read_bytes()


def test_filters_need_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(chat_line(("user", "a"), ("assistant", "b")))
    assert main(["convert", str(source), str(tmp_path / "out.jsonl"), "--status", "approved"]) == 2
    assert "--status" in capsys.readouterr().err


def test_a_layout_of_a_trainer_leaves_out_and_says_what_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    weighed = chat_line(("user", "a"), ("assistant", "b")).replace(b'"b"', b'"b", "weight": 0')
    source.write_bytes(_ODD + b"\n" + weighed)
    arguments = ["convert", str(source), str(out), "--layout", "trl", "--format", "json"]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["written"] == 3
    assert [left["line"] for left in report["left_out"]] == [3]
    assert len(report["notices"]) == 1
    assert all(json.loads(line).keys() == {"messages"} for line in out.read_bytes().splitlines())
    assert main([*arguments, "--overwrite", "--split-trained"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == 2
    assert main([*arguments, "--overwrite", "--target", "openai"]) == 2
    before = out.read_bytes()
    assert main([*arguments, "--overwrite", "--method", "dpo"]) == 2
    assert out.read_bytes() == before


def test_a_layout_of_a_dataset_takes_its_filters(tmp_path: Path) -> None:
    source, dataset, out = tmp_path / "in.jsonl", tmp_path / "d.ftset", tmp_path / "out.jsonl"
    source.write_bytes(chat_line(("user", "a"), ("assistant", "b")))
    assert main(["convert", str(source), str(dataset)]) == 0
    assert main(["convert", str(dataset), str(out), "--layout", "axolotl", "--split", "validation"]) == 2
    assert main(["convert", str(dataset), str(out), "--layout", "axolotl", "--status", "to_review"]) == 0
    assert len(out.read_bytes().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.ftset", "in.jsonl", "out.jsonl"]
