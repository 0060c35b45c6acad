"""`split`: files that share no copies, lines byte for byte; the splits of a dataset."""

import json
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line
from tests.helpers.shared_data import unpacked


def _lines(count: int) -> list[bytes]:
    return [
        chat_line(("user", f"is {n} odd, what do you think"), ("assistant", "yes" if n % 2 else "no"))
        for n in range(count)
    ]


def _split(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    code = main(["split", *map(str, arguments), "--format", "json"])
    told = capsys.readouterr()
    return code, json.loads(told.out) if told.out else None, told.err


def test_every_line_goes_to_one_file_byte_for_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _lines(200)
    lines[7] = lines[7].replace(b": ", b":  ").replace(b"\n", b"\r\n")
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(lines) + b"\n{no json}\n" + lines[3].rstrip())
    code, told, _err = _split(capsys, path, "--validation", "20%", "--test", "0.1", "--seed", 3)
    assert code == 0
    written = {
        split: (tmp_path / f"data.{split}.jsonl").read_bytes().splitlines(keepends=True)
        for split in ("train", "validation", "test")
    }
    assert sorted(line for found in written.values() for line in found) == sorted([*lines, lines[3]])
    sizes = {split: len(found) for split, found in written.items()}
    assert {split: value["examples"] for split, value in told["splits"].items()} == sizes
    assert 20 <= sizes["validation"] <= 60
    assert [each["line"] for each in told["left_out"]] == [202]
    assert (told["groups"], told["leaks"]) == (200, 0)
    copies = [split for split, found in written.items() if lines[3] in found]
    assert len(copies) == 1
    again = _split(capsys, path, "--validation", "0.2", "--test", "0.1", "--seed", 3, "--overwrite")
    assert again[1] == told


def test_labels_keep_their_shares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder = tmp_path / "data.jsonl", tmp_path / "out"
    folder.mkdir()
    path.write_bytes(b"".join(_lines(100)))
    code, _told, _err = _split(capsys, path, "--stratify", "label", "--out", folder)
    assert code == 0
    validation = (folder / "data.validation.jsonl").read_bytes().splitlines()
    assert len(validation) == 10
    assert sum(b'"yes"' in line for line in validation) == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--validation", "0.7", "--test", "0.4"], "Nothing would be left to train on"),
        (["--stratify", "tag"], "--stratify tag needs a dataset"),
        (["--keep"], "--keep needs a dataset"),
        (["--stratify", "label"], "are not labels"),
    ],
)
def test_what_makes_no_sense_is_told(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(chat_line(("user", f"q{n}"), ("assistant", f"a{n}" * 40)) for n in range(20)))
    code, _told, err = _split(capsys, path, *arguments)
    assert code == 2
    assert words in err
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["data.jsonl"]


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, there = tmp_path / "data.jsonl", tmp_path / "data.validation.jsonl"
    path.write_bytes(b"".join(_lines(20)))
    there.write_bytes(b"mine")
    assert _split(capsys, path)[0] == 2
    assert there.read_bytes() == b"mine"
    assert not (tmp_path / "data.train.jsonl").exists()
    assert _split(capsys, path, "--overwrite")[0] == 0


def test_the_file_of_a_split_that_is_not_written_any_more_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, test = tmp_path / "data.jsonl", tmp_path / "data.test.jsonl"
    path.write_bytes(b"".join(_lines(100)))
    assert _split(capsys, path, "--test", "20%")[0] == 0
    assert test.exists()
    code, told, _err = _split(capsys, path, "--seed", 2, "--overwrite")
    assert (code, told["removed"]) == (0, [str(test)])
    assert not test.exists()
    left = (tmp_path / "data.train.jsonl").read_bytes() + (tmp_path / "data.validation.jsonl").read_bytes()
    assert sorted(left.splitlines(keepends=True)) == sorted(_lines(100))
    assert main(["split", str(path), "--test", "20%", "--overwrite"]) == 0
    capsys.readouterr()
    assert main(["split", str(path), "--overwrite"]) == 0
    assert f"removed {test}" in capsys.readouterr().out


def test_a_file_that_others_made_is_never_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, test = tmp_path / "data.jsonl", tmp_path / "data.test.jsonl"
    path.write_bytes(b"".join(_lines(100)))
    own = chat_line(("user", "mine"), ("assistant", "own"))
    test.write_bytes(own)
    assert _split(capsys, path, "--overwrite")[1]["removed"] == []
    assert test.read_bytes() == own
    for content, asked in ((own + _lines(3)[2], ["--overwrite"]), (_lines(3)[2], [])):
        test.write_bytes(content)
        for split in ("train", "validation"):
            (tmp_path / f"data.{split}.jsonl").unlink(missing_ok=True)
        code, _told, err = _split(capsys, path, *asked)
        assert code == 2
        assert "data.test.jsonl holds" in err
        assert test.read_bytes() == content
        assert not (tmp_path / "data.train.jsonl").exists()


def _with_a_template() -> list[bytes]:
    """Forty examples with nothing in common, and 24 that are nearly the same."""
    words = " ".join(f"w{n}" for n in range(60))
    alone = [
        chat_line(("user", " ".join(f"q{n}x{k}" for k in range(20))), ("assistant", f"a{n}"))
        for n in range(40)
    ]
    return alone + [chat_line(("user", f"{words} copy{n}"), ("assistant", "yes")) for n in range(24)]


def test_large_groups_that_were_divided_are_counted_as_leaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    path, dataset = tmp_path / "data.jsonl", tmp_path / "data.ftset"
    path.write_bytes(b"".join(_with_a_template()))
    code, told, _err = _split(capsys, path, "--validation", "0.4")
    assert (code, told["leaks"], told["divided"]) == (0, 1, 1)
    assert main(["convert", str(path), str(dataset)]) == 0
    assert main(["split", str(dataset), "--validation", "0.4"]) == 0
    told_text = capsys.readouterr().out
    assert "1 leak\n  1 group of near copies was divided" in told_text


def test_a_file_without_examples_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"[1]\n{\n")
    code, _told, err = _split(capsys, path)
    assert code == 2
    assert "There is no example in data.jsonl" in err


def test_a_json_list_is_split_into_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(b"[" + b",".join(line.strip() for line in _lines(60)) + b"]")
    assert _split(capsys, path, "--validation", "0.5")[0] == 0
    found = [(tmp_path / f"data.{split}.jsonl").read_bytes() for split in ("train", "validation")]
    assert all(found)
    assert sorted(b"".join(found).splitlines(keepends=True)) == sorted(_lines(60))


def test_a_dataset_is_split_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_HOME", str(tmp_path / "home"))
    path, dataset = tmp_path / "data.jsonl", tmp_path / "data.ftset"
    path.write_bytes(b"".join(_lines(50)))
    assert main(["convert", str(path), str(dataset)]) == 0
    capsys.readouterr()
    code, told, _err = _split(capsys, dataset, "--validation", "0.2", "--stratify", "length")
    assert code == 0
    sizes = {split: value["examples"] for split, value in told["splits"].items()}
    assert sizes["validation"] == 10
    out = tmp_path / "validation.jsonl"
    assert main(["convert", str(dataset), str(out), "--split", "validation"]) == 0
    assert len(out.read_bytes().splitlines()) == 10
    capsys.readouterr()
    assert _split(capsys, dataset, "--out", tmp_path)[0] == 2


def test_real_near_copies_stay_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "real.jsonl"
    path.write_bytes(unpacked("near_duplicates_5k.jsonl.xz"))
    code, told, _err = _split(capsys, path, "--validation", "0.1")
    assert code == 0
    assert told["leaks"] == 0
    assert told["groups"] < 4800
    assert 300 < told["splits"]["validation"]["examples"] < 700
