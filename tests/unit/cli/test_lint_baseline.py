"""`lint --baseline`: a finding is the same where file, example and place are, whatever moves around it."""

import json
import shutil
from pathlib import Path

import pytest

from finetune_studio.resource_files import resource
from tests.helpers.builders import chat_line
from tests.unit.cli.conftest import Run

_MARV = "Marv is a factual chatbot that is also sarcastic."
_INNOCENT = chat_line(
    ("system", _MARV),
    ("user", "How tall is Everest?"),
    ("assistant", "8,849 metres. Try the stairs, they are said to be quite scenic."),
)
_TODO = chat_line(("user", "x"), ("assistant", "TODO"))
_FINE = chat_line(("user", "x"), ("assistant", "It is the letter before y."))


def _codes(out: str) -> list[list[str]]:
    return [[found["code"] for found in file["diagnostics"]] for file in json.loads(out)["files"]]


def _new(run: Run, baseline: Path, *paths: object) -> list[list[str]]:
    code, out, err = run("lint", *paths, "--format", "json", "--baseline", baseline)
    assert code in (0, 1), err
    return _codes(out)


def _keep(run: Run, baseline: Path, *paths: object) -> None:
    _code, out, _err = run("lint", *paths, "--format", "json")
    baseline.write_text(out, encoding="utf-8")


def test_an_innocent_example_brings_nothing_back(tmp_path: Path, run: Run) -> None:
    path, baseline = tmp_path / "marv.jsonl", tmp_path / "baseline.json"
    sample = resource("samples", "marv.jsonl").read_bytes()
    path.write_bytes(sample + b"{no json}\n[1]\n")
    _keep(run, baseline, path)
    assert set(_codes(baseline.read_text("utf-8"))[0]) >= {
        "R806",
        "D204",
        "B406",
        "S702",
        "F001",
        "F002",
    }
    path.write_bytes(_INNOCENT + sample + b"{no json}\n[1]\n")
    assert _new(run, baseline, path) == [[]]
    path.write_bytes(_INNOCENT + sample + b"{no json}\n[1]\n" + _TODO)
    assert _new(run, baseline, path)[0][:2] == ["Q102", "R806"]


def test_files_of_one_name_are_told_apart(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ("a/train.jsonl", "b/train.jsonl")
    for name, line in zip(names, (_FINE, _TODO), strict=True):
        Path(name).parent.mkdir()
        Path(name).write_bytes(line)
    baseline = Path("baseline.json")
    _keep(run, baseline, *names)
    assert _new(run, baseline, *names) == [[], []]
    for name, line in zip(names, (_TODO, _FINE), strict=True):
        Path(name).write_bytes(line)
    assert _new(run, baseline, *names) == [["Q102"], []]
    Path("c").mkdir()
    Path("c/train.jsonl").write_bytes(_TODO)
    assert _new(run, baseline, "c/train.jsonl") == [["Q102", "S701"]]


def test_a_checkout_elsewhere_has_the_same_files(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "data").mkdir(parents=True)
    (here / "data" / "train.jsonl").write_bytes(_TODO)
    monkeypatch.chdir(here)
    _keep(run, Path("baseline.json"), "data/train.jsonl")
    assert _new(run, here / "baseline.json", here / "data" / "train.jsonl") == [[]]
    shutil.move(here, there)
    monkeypatch.chdir(there / "data")
    assert _new(run, there / "baseline.json", "train.jsonl") == [[]]
    shutil.move("train.jsonl", tmp_path / "train.jsonl")
    assert _new(run, there / "baseline.json", tmp_path / "train.jsonl") == [[]]


def test_a_baseline_of_before_is_read(tmp_path: Path, run: Run) -> None:
    path, baseline = tmp_path / "data.jsonl", tmp_path / "baseline.json"
    path.write_bytes(_TODO)
    _keep(run, baseline, path)
    document = json.loads(baseline.read_text("utf-8"))
    for found in document["files"][0]["diagnostics"]:
        del found["fingerprint"]
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        baseline.write_text(json.dumps(document), encoding=encoding)
        assert _new(run, baseline, path) == [[]]


@pytest.mark.parametrize("text", ["[]", "[" * 100_000, '{"files": [1]}', '{"files": [{"path": 3}]}', "\xff"])
def test_what_is_no_baseline_is_told(text: str, tmp_path: Path, run: Run) -> None:
    path, baseline = tmp_path / "data.jsonl", tmp_path / "baseline.json"
    path.write_bytes(_FINE)
    baseline.write_text(text, encoding="latin-1")
    code, out, err = run("lint", path, "--baseline", baseline)
    assert (code, out) == (2, "")
    assert "baseline.json is not a baseline" in err


def test_tools_are_known_by_their_names(tmp_path: Path, run: Run) -> None:
    path, baseline = tmp_path / "data.jsonl", tmp_path / "baseline.json"

    def lines(name: str, first: int) -> bytes:
        tool = {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}
        return b"".join(
            chat_line(("user", f"question {n}"), ("assistant", f"answer {n}"), tools=[tool])
            for n in range(first, first + 3)
        )

    path.write_bytes(lines("f", 0))
    _keep(run, baseline, path)
    assert "T508" in _codes(baseline.read_text("utf-8"))[0]
    path.write_bytes(lines("f", 10) + path.read_bytes())
    assert "T508" not in _new(run, baseline, path)[0]
    path.write_bytes(lines("g", 20) + path.read_bytes())
    assert _new(run, baseline, path)[0].count("T508") == 1
