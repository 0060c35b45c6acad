"""`lint` and `stats`: what they print and how they end."""

import json
from pathlib import Path

import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line

_GOOD = chat_line(
    ("system", "Be brief."), ("user", "What is the capital of France?"), ("assistant", "Paris.")
)


def _file(folder: Path, *lines: bytes) -> Path:
    path = folder / "data.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def test_lint_prints_the_documented_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, _GOOD, b"{not json}\n", chat_line(("user", "hi"), ("assistant", "")))
    code = main(["lint", str(path), "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert document.keys() == {"files", "summary"}
    (report,) = document["files"]
    assert report.keys() == {"path", "examples", "messages", "tokens", "notices", "diagnostics"}
    assert document["summary"].keys() == {"errors", "warnings", "infos"}
    not_json = next(d for d in report["diagnostics"] if d["code"] == "F001")
    assert not_json["line"] == 2
    assert not_json["severity"] == "error"
    assert set(not_json) == {
        "code",
        "severity",
        "message",
        "line",
        "example",
        "message_index",
        "field",
        "start",
        "end",
        "fix",
        "related",
        "fingerprint",
    }
    empty = next(d for d in report["diagnostics"] if d["code"] == "Q101")
    assert (empty["line"], empty["message_index"]) == (3, 1)


def test_lint_ends_with_0_when_nothing_reaches_fail_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _file(tmp_path, _GOOD, _GOOD)
    assert main(["lint", str(path), "--select", "D201"]) == 0
    assert "D201" in capsys.readouterr().out
    assert main(["lint", str(path), "--select", "D201", "--fail-on", "warning"]) == 1
    assert main(["lint", str(path), "--select", "D201", "--severity", "D201=error"]) == 1
    assert main(["lint", str(path), "--select", "D", "--ignore", "D201", "--fail-on", "info"]) == 0


def test_duplicates_name_the_lines_of_the_other_members(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = chat_line(("user", "hello there"), ("assistant", "Good day."))
    path = _file(tmp_path, _GOOD, b"\n", other, _GOOD)
    main(["lint", str(path), "--select", "D201", "--format", "json"])
    (report,) = json.loads(capsys.readouterr().out)["files"]
    (finding,) = report["diagnostics"]
    assert {finding["line"], *(r["line"] for r in finding["related"])} == {1, 4}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lint", "absent.jsonl"], "absent.jsonl"),
        (["lint", "."], "folder"),
        (["lint", "data.jsonl", "--severity", "Q101=loud"], "Q101=loud"),
        (["lint", "data.jsonl", "--target", "nobody:nothing"], "nobody"),
        (["stats", "absent.jsonl"], "absent.jsonl"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _file(tmp_path, _GOOD)
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_stats_counts_by_the_chat_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, chat_line(("user", "hello"), ("assistant", "hello")))
    assert main(["stats", str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "examples": 1,
        "messages": 2,
        "tokens": 3 + 2 * (3 + 1 + 1),
        "loss_tokens": 1,
        "by_role": {"user": 5, "assistant": 5},
        "encoding": "o200k_base",
        "model": "gpt-4.1-mini",
    }


def test_stats_writes_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _file(tmp_path, _GOOD, _GOOD)
    table = tmp_path / "table.csv"
    assert main(["stats", str(path), "--table", str(table)]) == 0
    assert table.read_text(encoding="utf-8").splitlines()[1].startswith("tokens per example,2,")
    assert main(["stats", str(path), "--table", str(tmp_path / "table.docx")]) == 2
