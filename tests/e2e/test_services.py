"""A service that fails in every way, through the command line: words, exit codes, and no key anywhere."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.settings.paths import app_paths
from finetune_studio.workspace.submission_context import EventContext
from tests.e2e.support import Ended, refused, run_here, start
from tests.helpers.builders import chat_line
from tests.helpers.fake_provider_server import FakeProviderServer

CANARY = "sk-canary-7Hq2vWbZx9LmTr4KpYd8NcE3"
_FAULTS = ("400", "401", "429", "500_after", "reset_before", "garbage", "html", "truncated", "wrong_shape")
"""One of each kind; all of them, the time-outs too, are in the tests of submissions."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProviderServer]:
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", CANARY)
    for name in ("OPENAI_API_KEY", "NEBIUS_API_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(EventContext, "pause", lambda context, _seconds: context.check())
    with FakeProviderServer(key=CANARY) as running:
        yield running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.jsonl"
    path.write_bytes(
        b"".join(chat_line(("user", f"Question {n}?"), ("assistant", f"Answer {n}.")) for n in range(12))
    )
    return path


def to(server: FakeProviderServer) -> tuple[str, ...]:
    return "--to", "custom", "--base-url", server.base_url, "--model", "tiny"


def told(ended: Ended) -> None:
    """Ended in an orderly way, in words, and told no key."""
    assert ended.code in (0, 1, 2), ended
    for text in (ended.out, ended.err):
        assert "Traceback" not in text
        assert CANARY not in text
        assert CANARY[3:] not in text
    if ended.code:
        assert "finetune-studio: " in ended.err, ended
        assert len(ended.err) < 1000, ended.err


def no_key_below(*folders: Path) -> None:
    """No file and no file name holds the key, whole or in a part of 12 characters."""
    parts = {CANARY[place : place + 12].encode() for place in range(3, len(CANARY) - 12)}
    for folder in folders:
        for path in folder.rglob("*"):
            assert not any(part in os.fsencode(path.name) for part in parts)
            if path.is_file():
                content = path.read_bytes()
                assert not any(part in content for part in parts), path


@pytest.mark.parametrize("fault", _FAULTS)
def test_every_fault_is_told_and_the_key_is_not(
    fault: str, server: FakeProviderServer, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for method, path in (("POST", "/files"), ("POST", "/fine_tuning/jobs"), ("POST", "/chat/completions")):
        server.inject(method, path, fault, times=1000)
        told(run_here(capsys, "submit", data, *to(server), "--epochs", str(1 + len(server.faults))))
        told(run_here(capsys, "ask", "tiny", "Hello?", *to(server)[:4]))
        server.faults.clear()
    server.inject("GET", ".*", fault, times=1000)
    told(run_here(capsys, "jobs"))
    told(run_here(capsys, "jobs", "show", "latest", "--format", "json"))
    server.faults.clear()
    done = run_here(capsys, "submit", data, *to(server), "--wait", "--format", "json")
    told(done)
    assert json.loads(done.out)["status"] == "succeeded"
    no_key_below(app_paths().data.parent, tmp_path)


def test_no_key_and_a_wrong_key(
    server: FakeProviderServer,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("FINETUNE_STUDIO_API_KEY")
    refused(run_here(capsys, "submit", data, *to(server)), "key")
    refused(run_here(capsys, "submit", data, "--to", "openai", "--model", "gpt-4.1-mini"), "key", "OpenAI")
    refused(run_here(capsys, "ask", "tiny", "Hello?", *to(server)[:4]), "key")
    assert server.requests == []
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", "sk-wrong-5Hq2vWbZx9LmTr4KpYd8")
    for words in (("submit", data, *to(server)), ("ask", "tiny", "Hello?", *to(server)[:4])):
        ended = run_here(capsys, *words)
        told(ended)
        assert ended.code == 1
        assert "key" in ended.err
        assert "sk-wrong-5Hq2vWbZx9LmTr4KpYd8" not in ended.err + ended.out
    assert server.state.jobs == {}


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ-из-письма", "\ufeffsk-with-a-mark-0001"])
def test_a_key_that_can_be_none(
    key: str,
    server: FakeProviderServer,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FINETUNE_STUDIO_API_KEY", key)
    ended = run_here(capsys, "ask", "tiny", "Hello?", *to(server)[:4])
    told(ended)
    assert ended.code in (1, 2)
    assert key not in ended.err


def test_a_service_that_is_down(
    data: Path, server: FakeProviderServer, capsys: pytest.CaptureFixture[str]
) -> None:
    where = to(server)
    server.close()
    for words in (("submit", data, *where), ("ask", "tiny", "Hello?", *where[:4])):
        ended = run_here(capsys, *words)
        told(ended)
        assert ended.code == 1
        assert re.search(r"cannot be reached|could not be reached", ended.err), ended.err
    assert run_here(capsys, "jobs", "--offline").code == 0


@pytest.mark.parametrize(
    "address", ["", "nonsense", "ftp://example.org/", "http://", "http://[::1", "https://a:b/", "file:///etc"]
)
def test_an_address_that_is_none(
    address: str, data: Path, server: FakeProviderServer, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--to", "custom", "--base-url", address)
    refused(run_here(capsys, "submit", data, *where, "--model", "m"), "address")
    refused(run_here(capsys, "ask", "m", "Hello?", *where), "address")


def test_with_logging_at_its_loudest(server: FakeProviderServer, data: Path, tmp_path: Path) -> None:
    """Libraries that log requests with their headers write no key either."""
    loud = (
        "import logging, sys; logging.basicConfig(level=1); from finetune_studio.cli.main import main;"
        " sys.exit(main(sys.argv[1:]))"
    )
    process = start(tmp_path / "home", "submit", data, *to(server), "--wait", code=loud)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err[-2000:]
    assert "fine_tuning" in err
    assert CANARY not in out + err
    no_key_below(tmp_path)
