"""The command line as a person calls it, and a dataset."""

from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_studio.cli.main import main
from tests.helpers.builders import chat_line

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(words...)` gives the exit code, and what came on stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Sixty short conversations."""
    path = tmp_path / "data.jsonl"
    path.write_bytes(
        b"".join(chat_line(("user", f"Question {n}?"), ("assistant", f"Answer {n}.")) for n in range(60))
    )
    return path
