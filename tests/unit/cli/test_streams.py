"""What is printed, by a real process: any text, locale and file name, and errors of the program itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_studio.cli import lint as lint_command
from finetune_studio.cli.main import main
from tests.unit.cli.conftest import Run

_HALF = b'{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}],"\\ud83d":1}\n'
_ESCAPES = _HALF.replace(b"\\ud83d", b"ok\\u001b[2K\\u009b1A\\u202egone")
_ROLE = b'{"messages":[{"role":"us\\ud83d","content":"x"},{"role":"assistant","content":"y"}]}\n'
_FORMATS = ("text", "json", "sarif", "github")


def _lint(path: str, form: str, folder: Path, encoding: str = "utf-8") -> tuple[int, bytes, bytes]:
    """Whole bytes: those of the streams are what it is about."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-m", "finetune_studio", "lint", path, "--format", form],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("form", _FORMATS)
@pytest.mark.parametrize("line", [_HALF, _ESCAPES, _ROLE], ids=["half of a pair", "escapes", "role"])
def test_every_format_prints_keys_and_roles_as_text(form: str, line: bytes, tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(line)
    code, out, err = _lint("data.jsonl", form, tmp_path)
    assert (code, err) == (1, b"")
    told = out.decode()
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)
    assert (b"d83d" in out) or (b"u001b[2K" in out)
    if form in ("json", "sarif"):
        json.loads(told)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_programs_read_utf_8_whatever_the_locale(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_bytes(_HALF.replace(b"\\ud83d", "日本".encode()))
    for form in ("json", "sarif", "github"):
        code, out, err = _lint("data.jsonl", form, tmp_path, encoding)
        assert (code, err) == (1, b"")
        assert "日本" in out.decode("utf-8")
    code, out, err = _lint("data.jsonl", "text", tmp_path, encoding)
    assert (code, err) == (1, b"")
    assert b"\\u65e5\\u672c" in out


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_file_name_may_be_any_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"ba\xffd\x1b[2K\n.jsonl")
    (tmp_path / name).write_bytes(_HALF)
    told = {form: _lint(name, form, tmp_path) for form in _FORMATS}
    assert {(code, err) for code, _out, err in told.values()} == {(1, b"")}
    assert told["text"][1].startswith(b"ba\\udcffd\\u001b[2K\\u000a.jsonl:1: error")
    run = json.loads(told["sarif"][1])["runs"][0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "ba%FFd%1B%5B2K%0A.jsonl"
    code, _out, err = _lint(f"no {name}", "text", tmp_path)
    assert code == 2
    assert b"\x1b" not in err


def test_an_error_of_the_program_is_not_taken_for_findings(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(args: object) -> int:
        raise KeyError("nobody expected this")

    monkeypatch.setattr(lint_command, "run", fail)
    code, out, err = run("lint", data)
    assert (code, out) == (2, "")
    assert "Traceback" in err
    assert "finetune-studio: The program failed, which is its own error (KeyError: 'nobody" in err


def test_text_for_people_shows_what_a_terminal_would_obey(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        _HALF.replace(b'"y"', b'"\\u001b[2K%s"' % label).replace(b',"\\ud83d":1', b"")
        for label in (b"common",) * 40 + (b"rare",) * 3
    ]
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(lines))
    main(["lint", str(path), "--select", "B401"])
    told = capsys.readouterr().out
    assert "“\\u001b[2Kcommon” is the answer 40 times" in told
