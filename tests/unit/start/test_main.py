"""`python -m finetune_studio`: window or command line, and what it must not import."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_studio import __main__ as entry


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["data.jsonl"], True),
        (["--sample"], True),
        (["--sample", "--dark"], True),
        (["lint", "data.jsonl"], False),
        (["lint"], False),
        (["--help"], False),
        (["--version"], False),
        (["one.jsonl", "two.jsonl"], False),
    ],
)
def test_a_file_opens_the_window_and_a_command_does_not(arguments: list[str], window: bool) -> None:
    assert entry._wants_window(arguments) is window


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if key not in _DISPLAY}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=kept | environment,
        timeout=60,
        check=False,
    )


_DISPLAY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a display is a matter of Linux")
def test_without_a_display_one_sentence_names_the_headless_way() -> None:
    result = run("-m", "finetune_studio")
    assert result.returncode == 2
    assert "finetune-studio --help" in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_start_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; import finetune_studio.app; from finetune_studio.ui.application import Studio;"
        "print([name for name in ('numpy', 'pandas', 'openai', 'tiktoken', 'httpx', 'keyring',"
        " 'finetune_studio.workspace.workspace') if name in sys.modules])"
    )
    result = run("-c", code, QT_QPA_PLATFORM="offscreen", FINETUNE_STUDIO_HOME=str(tmp_path))
    assert result.stdout.strip() == "[]", result.stderr


def test_a_command_needs_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; from finetune_studio.__main__ import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print('PySide6' in sys.modules)"
    )
    result = run("-c", code, FINETUNE_STUDIO_HOME=str(tmp_path))
    assert result.stdout.strip().endswith("False"), result.stderr


def test_a_command_ends_with_its_code_and_all_of_its_output(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"messages": []}\n' * 5_000, encoding="utf-8")
    result = run("-m", "finetune_studio", "lint", str(path), "--select", "F")
    assert result.returncode == 1
    assert result.stderr == ""
    assert result.stdout.count("F003") == 5_000
    assert result.stdout.endswith("5,000 errors\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_what_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"messages": []}\n', encoding="utf-8")
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = subprocess.run(
            [sys.executable, "-m", "finetune_studio", "lint", str(path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert result.returncode == 2
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr
