"""The whole way without a window, against the real local server: submit, wait, jobs, ask; and kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.providers.local_server import stop_local_server
from finetune_studio.resource_files import resource

_ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    assert stop_local_server(tmp_path / "home" / "data")


def command(home: Path, *words: str) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "FINETUNE_STUDIO_HOME": str(home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "finetune_studio", *words],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(home: Path, *words: str) -> tuple[int, str, str]:
    process = command(home, *words)
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def test_submit_wait_and_ask(home: Path) -> None:
    marv = str(resource("samples", "marv.jsonl"))
    code, out, err = run(
        home, "submit", marv, "--to", "local", "--suffix", "marv", "--wait", "--format", "json"
    )
    assert code == 0, err
    job = json.loads(out)
    assert job["status"] == "succeeded"
    assert job["fine_tuned_model"].startswith("ft:rehearsal:")
    assert job["trained_tokens"] > 1000
    assert job["train_loss"] < 1
    code, out, err = run(home, "ask", "latest", "What's the capital of France?")
    assert (code, err) == (0, "")
    assert "Paris" in out
    code, out, _ = run(home, "jobs", "show", job["id"], "--format", "json")
    shown = json.loads(out)
    assert len(shown["metrics"]) > 50
    assert any("successfully" in event["message"] for event in shown["events"])
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "server.json"]
    token = json.loads((home / "data" / "local" / "server.json").read_text())["token"]
    assert [path for path in files if token.encode() in path.read_bytes()] == []


@pytest.mark.slow
def test_killed_while_sending_and_tried_again_is_one_job(home: Path) -> None:
    """kill -9 at many moments of `submit`; each new try continues the same submission."""
    marv = str(resource("samples", "marv.jsonl"))
    words = ("submit", marv, "--to", "local", "--epochs", "1", "--format", "json")
    assert run(home, "jobs")[0] == 0
    for delay in (0.5, 0.8, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5):
        process = command(home, *words)
        deadline = time.monotonic() + delay
        while process.poll() is None and time.monotonic() < deadline:
            try:
                process.wait(timeout=max(0.01, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                break
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        rows = json.loads(run(home, "jobs", "--offline", "--format", "json")[1])["jobs"]
        if any(row["id"] for row in rows):
            break
    else:
        assert run(home, *words)[0] == 0
        rows = json.loads(run(home, "jobs", "--offline", "--format", "json")[1])["jobs"]
    assert len(rows) == 1
    known = json.loads((home / "data" / "local" / "server.json").read_text())
    import urllib.request

    request = urllib.request.Request(
        f"http://127.0.0.1:{known['port']}/v1/fine_tuning/jobs",
        headers={"Authorization": f"Bearer {known['token']}"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        assert len(json.load(answer)["data"]) == 1
