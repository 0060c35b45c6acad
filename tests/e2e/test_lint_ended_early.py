"""`lint` that is interrupted or killed: a sentence, and no worker that stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.processes import is_running, worker_processes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals the POSIX way")

MESSAGES = '{{"role": "user", "content": "No. {0}?"}}, {{"role": "assistant", "content": "{0}."}}'
LINE = f'{{{{"messages": [{MESSAGES}]}}}}\n'


@pytest.fixture
def lint(tmp_path: Path) -> "subprocess.Popen[str]":
    path = tmp_path / "data.jsonl"
    path.write_text("".join(LINE.format(number) for number in range(300_000)), encoding="utf-8")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a script may have had it ignored
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "finetune_studio", "lint", str(path), "--statistics"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("workers", [1, 2])
def test_ended_at_work_or_while_it_starts(
    lint: "subprocess.Popen[str]", how: signal.Signals, workers: int
) -> None:
    with lint:
        deadline = time.monotonic() + 30
        while len(children := worker_processes(lint.pid)) < workers and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(children) >= workers
        if how == signal.SIGINT:
            os.killpg(lint.pid, how)  # as a terminal does it
        else:
            lint.kill()
        _, told = lint.communicate(timeout=30)
    if how == signal.SIGINT:
        assert (lint.returncode, told) == (130, "finetune-studio: interrupted\n")
    deadline = time.monotonic() + 20
    while (left := set(filter(is_running, children))) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left
