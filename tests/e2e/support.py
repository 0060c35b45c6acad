"""Running the command line in this process and in one of its own, and looking at what it left behind."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from finetune_studio.cli.main import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str


def run_here(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Ended:
    """A command in this process: quick; an exception that is no StudioError fails the test."""
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return Ended(code, told.out, told.err)


def refused(ended: Ended, *words: str) -> None:
    """Ended with 2, nothing on stdout, and one error in words on stderr."""
    assert ended.code == 2, ended
    assert ended.out == ""
    assert "Traceback" not in ended.err
    lines = ended.err.splitlines()
    assert lines[0].startswith("finetune-studio: "), ended.err
    assert len(lines) <= 2, ended.err
    assert len(ended.err) < 500, ended.err
    for word in words:
        assert word in ended.err, ended.err


_WITHOUT_OVERRIDE = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
        if ctypes.CDLL(None, use_errno=True).prctl(24, capability, 0, 0, 0):
            raise SystemExit("the rights of the administrator cannot be dropped")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def start(home: Path, *words: str | Path, code: str = "", as_anyone: bool = False) -> "subprocess.Popen[str]":
    """A command, or the Python `code` with the words as its arguments, in a process of its own.

    `as_anyone` takes the administrator's right to pass over permissions away from it."""
    environment = {
        **os.environ,
        "FINETUNE_STUDIO_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    program = ["-c", code] if code else ["-m", "finetune_studio"]
    if as_anyone:
        program = ["-c", _WITHOUT_OVERRIDE, *program]
    return subprocess.Popen(
        [sys.executable, *program, *map(str, words)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_apart(home: Path, *words: str | Path, code: str = "", as_anyone: bool = False) -> Ended:
    """`start`, waited for."""
    process = start(home, *words, code=code, as_anyone=as_anyone)
    out, err = process.communicate(timeout=90)
    return Ended(process.returncode, out, err)


def state_of(folder: Path) -> dict[str, str]:
    """Every regular file below a folder with the hash of its content; folders and pipes by their name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }
