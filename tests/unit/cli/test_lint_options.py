"""`lint` in CI: fixes, baseline, configuration, standard input, SARIF and GitHub output."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line

_CLEAN = chat_line(("user", "What is the capital of France?"), ("assistant", "Paris."))
_SPACED = (
    b'{"messages": [{"role": "user", "content": "caf\\u00e9"},'
    b' {"role": "assistant", "content": "Yes,  so "}]}\r\n'
)


def _lint(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["lint", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_fix_mends_in_place_and_leaves_every_other_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + _CLEAN + b"\n{no json}\n" + _SPACED)
    code, out, err = _lint(capsys, path, "--select", "Q105", "--fix", "--format", "json")
    assert code == 0
    assert json.loads(out)["files"][0]["diagnostics"] == []
    assert "Q105" in err
    mended = _SPACED.replace(b"Yes,  so ", b"Yes, so")
    assert path.read_bytes() == b"\xef\xbb\xbf" + _CLEAN + b"\n{no json}\n" + mended


def test_fix_takes_the_frequent_system_prompt_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt = "You are a helpful support agent. Answer in two sentences, politely."
    often = [chat_line(("system", prompt), ("user", f"q{n}"), ("assistant", "a")) for n in range(40)]
    seldom = chat_line(("system", prompt[:-2]), ("user", "qx"), ("assistant", "No  way"))
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join([*often, seldom]))
    rules = ("--select", "D204,Q105", "--format", "json", "--fix")
    _, out, err = _lint(capsys, path, *rules)
    [left] = json.loads(out)["files"][0]["diagnostics"]
    assert (left["code"], left["fix"]["applicability"]) == ("D204", "unsafe")
    assert "(Q105 1)" in err
    _, out, err = _lint(capsys, path, *rules, "--unsafe")
    assert json.loads(out)["files"][0]["diagnostics"] == []
    assert "1 finding fixed (D204 1)" in err
    mended = chat_line(("system", prompt), ("user", "qx"), ("assistant", "No way"))
    assert path.read_bytes() == b"".join([*often, mended])


def test_fix_changes_nothing_where_one_file_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, packed, baseline = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz", tmp_path / "baseline.json"
    path.write_bytes(_SPACED)
    packed.write_bytes(gzip.compress(_SPACED))
    baseline.write_bytes(b"[]")
    for others in ([tmp_path / "missing.jsonl"], [packed], ["--baseline", baseline]):
        code, _out, err = _lint(capsys, path, *others, "--fix")
        assert code == 2, err
        assert path.read_bytes() == _SPACED
    assert _lint(capsys, path, path, "--fix", "--select", "Q105")[0] == 0
    assert path.read_bytes() == _SPACED.replace(b"Yes,  so ", b"Yes, so")


def test_fix_minds_no_file_whose_fixes_were_not_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    path.write_bytes(_SPACED)
    late = chat_line(("user", "q"), ("system", "Be kind."), ("assistant", "a"))
    packed.write_bytes(gzip.compress(late))
    assert _lint(capsys, path, packed, "--fix", "--select", "Q105,R801", "--fail-on", "error")[0] == 0
    assert path.read_bytes() == _SPACED.replace(b"Yes,  so ", b"Yes, so")
    assert _lint(capsys, path, packed, "--fix", "--unsafe", "--select", "R801")[0] == 2


def test_a_guessed_encoding_and_compression_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, packed = tmp_path / "old.jsonl", tmp_path / "packed.jsonl.gz"
    old.write_bytes(_CLEAN.replace(b"Paris", "Orléans".encode("cp1252")))
    packed.write_bytes(gzip.compress(_CLEAN))
    for form in ("text", "json", "sarif", "github"):
        _code, out, err = _lint(capsys, old, packed, "--select", "F", "--format", form)
        told = err.splitlines()
        assert len(told) == 2
        assert told[0].startswith(f"{old}: The file is in Windows-1252 (guessed from its bytes)")
        assert told[1].startswith(f"{packed}: The file is compressed (gzip)")
        if form == "json":
            notices = [file["notices"] for file in json.loads(out)["files"]]
            assert [len(each) for each in notices] == [1, 1]
            assert "Windows-1252" in notices[0][0]


def test_statistics_are_in_json_and_refused_where_they_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_SPACED + b"{no json}\n")
    asked = (path, "--select", "F001,Q105", "--statistics", "--format")
    _code, out, _err = _lint(capsys, *asked, "json")
    assert json.loads(out)["files"][0]["statistics"] == {"Q105": 2, "F001": 1}
    for form in ("sarif", "github"):
        code, out, err = _lint(capsys, *asked, form)
        assert (code, out) == (2, "")
        assert f"--statistics is for text and json, not for {form}." in err


def test_fix_needs_a_file_and_unsafe_needs_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_CLEAN)
    assert _lint(capsys, "-", "--fix")[0] == 2
    assert _lint(capsys, path, "--unsafe")[0] == 2


def test_a_baseline_hides_what_was_there_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, baseline = tmp_path / "data.jsonl", tmp_path / "baseline.json"
    path.write_bytes(_CLEAN + _SPACED)
    _code, out, _err = _lint(capsys, path, "--select", "Q105", "--format", "json")
    baseline.write_text(out, encoding="utf-8")
    path.write_bytes(_SPACED + _CLEAN)
    assert _lint(capsys, path, "--select", "Q105", "--fail-on", "info", "--baseline", baseline)[0] == 0
    path.write_bytes(_SPACED + _CLEAN + _SPACED)
    code, out, _err = _lint(
        capsys, path, "--select", "Q105", "--fail-on", "info", "--baseline", baseline, "--format", "json"
    )
    assert code == 1
    assert [found["line"] for found in json.loads(out)["files"][0]["diagnostics"]] == [3, 3]
    baseline.write_text("[]", encoding="utf-8")
    assert _lint(capsys, path, "--baseline", baseline)[0] == 2


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("finetune-studio.toml", "", ""), ("pyproject.toml", "[tool.finetune-studio]\n", "")],
)
def test_settings_are_found_above_the_data(
    name: str, before: str, after: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "data.jsonl"
    path.write_bytes(_SPACED)
    (tmp_path / name).write_text(before + 'select = ["Q105"]\nseverity = { Q105 = "error" }\n' + after)
    code, out, _err = _lint(capsys, path, "--format", "json")
    assert code == 1
    assert {found["code"] for found in json.loads(out)["files"][0]["diagnostics"]} == {"Q105"}
    assert _lint(capsys, path, "--severity", "Q105=info")[0] == 0


def test_an_unknown_setting_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_CLEAN)
    (tmp_path / "finetune-studio.toml").write_text("selct = []\n")
    code, _out, err = _lint(capsys, path)
    assert code == 2
    assert "selct" in err
    assert "finetune-studio.toml" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "Z999"], "--select: there is no rule “Z999”"),
        (["--select", "f001,F99"], "--select: there is no rule “F99”. Do you mean F009?"),
        (["--ignore", "Z"], "--ignore: there is no rule “Z”"),
        (["--severity", "XX=error"], "--severity: there is no rule “XX”"),
        (["--severity", "Q105=grave"], "Q105=grave names no severity"),
        (["--severity", "Q105"], "Q105= names no severity"),
        (["--target", "nobody"], "nobody"),
    ],
)
def test_a_mistyped_option_never_makes_it_green(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_CLEAN)
    code, out, err = _lint(capsys, path, *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_a_severity_for_a_family_holds_for_all_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(chat_line(("user", "one"), ("user", "two"), ("assistant", "Yes,  so")))

    def told(*severities: str) -> dict[str, str]:
        asked = [text for severity in severities for text in ("--severity", severity)]
        _code, out, _err = _lint(capsys, path, "--select", "R803,Q105", "--format", "json", *asked)
        return {f["code"]: f["severity"] for f in json.loads(out)["files"][0]["diagnostics"]}

    assert told("r=info", "q=error") == {"R803": "info", "Q105": "error"}
    assert told("Q=error", "Q105=warning", "q1=error")["Q105"] == "warning"


def test_each_file_follows_the_settings_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [tmp_path / name / "train.jsonl" for name in ("a", "b", "c")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(_SPACED)
    (tmp_path / "a" / "finetune-studio.toml").write_text('select = ["Q105"]\nfail-on = "info"\n')
    (tmp_path / "b" / "finetune-studio.toml").write_text('select = ["S701"]\nseverity = { S = "info" }\n')
    (tmp_path / "c" / "pyproject.toml").write_text('[tool.finetune-studio]\nselect = ["F001"]\n')

    def told(*files: Path, **asked: str) -> tuple[int, dict[str, set[str]]]:
        extra = [text for name, value in asked.items() for text in (f"--{name}", value)]
        code, out, _err = _lint(capsys, *files, "--format", "json", *extra)
        return code, {
            Path(file["path"]).parent.name: {found["code"] for found in file["diagnostics"]}
            for file in json.loads(out)["files"]
        }

    assert told(*paths) == told(*reversed(paths)) == (1, {"a": {"Q105"}, "b": {"S701"}, "c": set()})
    assert told(*paths[1:])[0] == 0
    assert told(*paths, select="F001") == (0, {"a": set(), "b": set(), "c": set()})


def test_standard_input_is_a_file_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(style: str) -> tuple[int, str]:
        stream = io.TextIOWrapper(io.BytesIO(_CLEAN + b"{no json}\n"))
        monkeypatch.setattr(sys, "stdin", stream)
        code, out, _err = _lint(capsys, "-", "--format", style)
        return code, out

    monkeypatch.chdir(tmp_path)
    code, out = told("json")
    assert code == 1
    found = json.loads(out)["files"][0]["diagnostics"]
    assert [(f["code"], f["line"]) for f in found if f["code"] == "F001"] == [("F001", 2)]
    assert told("text")[1].startswith("stdin:2: ")
    assert "::error file=stdin,line=2" in told("github")[1]
    (tmp_path / "finetune-studio.toml").write_text('ignore = ["F001", "S"]\n')
    assert told("text")[0] == 0


def test_sarif_names_rules_levels_and_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(_CLEAN + _CLEAN + b"{no json}\n")
    code, out, _err = _lint(capsys, path, "--select", "F001,D201", "--format", "sarif")
    assert code == 1
    document = json.loads(out)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["D201", "F001"]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    broken = by_rule["F001"]
    assert broken["level"] == "error"
    assert rules[broken["ruleIndex"]] == "F001"
    assert broken["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    copies = by_rule["D201"]
    assert copies["level"] == "warning"
    assert len(copies["relatedLocations"]) == 1


def test_github_annotations_escape_what_would_end_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a,b.jsonl"
    path.write_bytes(b"{no json}\n")
    _code, out, _err = _lint(capsys, path, "--select", "F001", "--format", "github")
    (line,) = out.splitlines()
    assert line.startswith("::error file=")
    assert "a%2Cb.jsonl,line=1,title=F001::" in line
