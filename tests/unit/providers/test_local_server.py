"""Finding, starting and stopping the local server from another process."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from openai import OpenAI

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers.local_server import (
    LocalServer,
    ensure_local_server,
    find_local_server,
    stop_local_server,
)
from tests.helpers.local_jobs import start_job, wait_for
from tests.helpers.training_data import chats

_SERVE = """
import argparse, sys
from finetune_studio.cli import serve
parser = argparse.ArgumentParser()
serve.add_parser(parser.add_subparsers())
sys.exit(serve.run(parser.parse_args(["serve", *sys.argv[1:]])))
"""
_COMMAND = [sys.executable, "-c", _SERVE]


def test_nothing_is_found_where_nothing_runs(tmp_path: Path) -> None:
    assert find_local_server(tmp_path) is None
    assert stop_local_server(tmp_path)


def test_a_stale_or_broken_hand_shake_is_no_server(tmp_path: Path) -> None:
    folder = tmp_path / "local"
    folder.mkdir()
    for text in ("", "[]", '{"pid": 1}', json.dumps({"pid": 1, "port": 9, "token": "t", "version": "0"})):
        (folder / "server.json").write_text(text)
        assert find_local_server(tmp_path) is None


def test_start_find_and_stop(tmp_path: Path) -> None:
    found: list[LocalServer] = []
    threads = [
        threading.Thread(target=lambda: found.append(ensure_local_server(tmp_path, command=_COMMAND)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1] == find_local_server(tmp_path)
    assert found[0].token.reveal() not in repr(found[0])
    assert found[0].token.reveal() not in (tmp_path / "local" / "server.log").read_text()
    assert stop_local_server(tmp_path)
    assert find_local_server(tmp_path) is None


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_a_job_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    server = ensure_local_server(tmp_path, command=_COMMAND)
    with OpenAI(base_url=server.base_url, api_key=server.token.reveal()) as client:
        job = start_job(client, tmp_path, chats(40, words=12), n_epochs=20)
        wait_for(client, job.id, "running")
    os.kill(server.pid, signal.SIGKILL)
    again = ensure_local_server(tmp_path, command=_COMMAND)
    assert again.pid != server.pid
    with OpenAI(base_url=again.base_url, api_key=again.token.reveal()) as client:
        assert wait_for(client, job.id).status == "succeeded"
    assert stop_local_server(tmp_path, "jobs_done")


def test_a_server_of_another_version_makes_way(tmp_path: Path) -> None:
    first = ensure_local_server(tmp_path, command=_COMMAND)
    path = tmp_path / "local" / "server.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": "0.0.1"}))
    second = ensure_local_server(tmp_path, command=_COMMAND)
    assert second.pid != first.pid
    assert stop_local_server(tmp_path)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no room')"]
    with pytest.raises(ProviderError, match=r"It ended with code 1\. Its last words: no room"):
        ensure_local_server(tmp_path, command=command)


def test_waiting_can_be_cancelled(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with pytest.raises(CancelledError):
        ensure_local_server(tmp_path, command=command, cancelled=lambda: True)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ProviderError, match="could not be started"):
        ensure_local_server(tmp_path / "data", command=_COMMAND)
