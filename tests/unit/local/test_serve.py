"""The server's life: hand-shake, lock, idle end, and jobs that it takes up again."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest
from openai import OpenAI

from finetune_studio.domain.errors import StudioError
from finetune_studio.local.context import Activity
from finetune_studio.local.folders import LocalFolders
from finetune_studio.local.housekeeping import tidy
from finetune_studio.local.serve import Address, AlreadyRunningError, ServeOptions, serve
from finetune_studio.local.store import Store
from finetune_studio.local.wire import part_object, upload_object
from tests.helpers.local_jobs import start_job, wait_for
from tests.helpers.local_server import running_server
from tests.helpers.training_data import chats


def client_of(address: Address) -> OpenAI:
    return OpenAI(base_url=address.base_url, api_key=address.token, max_retries=0)


def test_the_hand_shake_file_is_private_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "local" / "server.json"
    with running_server(tmp_path) as address:
        value = json.loads(path.read_text())
        assert value["token"] == address.token
        assert value["pid"] == os.getpid()
        assert f":{value['port']}/" in address.base_url
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_one_server_for_a_data_folder(tmp_path: Path) -> None:
    with running_server(tmp_path), pytest.raises(AlreadyRunningError):
        serve(ServeOptions(tmp_path))


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with running_server(tmp_path / "one") as address:
        port = int(address.base_url.split(":")[2].split("/")[0])
        with pytest.raises(StudioError, match=f"Port {port} of this computer cannot be used"):
            serve(ServeOptions(tmp_path / "two", port=port))


def test_an_idle_server_ends(tmp_path: Path) -> None:
    thread = threading.Thread(target=serve, args=(ServeOptions(tmp_path, idle_seconds=0.2),))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_requests_keep_a_server_from_being_idle() -> None:
    now = [0.0]
    activity = Activity(lambda: now[0])
    now[0] = 10.0
    assert activity.idle_seconds() == 10.0
    with activity.request():
        now[0] = 20.0
        assert activity.idle_seconds() == 0.0
    now[0] = 25.0
    assert activity.idle_seconds() == 5.0


def test_halves_of_uploads_are_removed_at_start(tmp_path: Path) -> None:
    folders = LocalFolders(tmp_path)
    folders.prepare()
    store = Store(folders.database)
    pending = upload_object("a.jsonl", "fine-tune", 3, "")
    expired = {**upload_object("b.jsonl", "fine-tune", 3, ""), "expires_at": 1}
    parts = []
    for upload in (pending, expired):
        store.add("upload", upload)
        parts.append(part_object(upload["id"]))
        store.add("part", parts[-1], upload["id"])
        folders.part(parts[-1]["id"]).write_bytes(b"abc")
    folders.file("incoming-1").write_bytes(b"half")
    tidy(store, folders)
    assert [part["id"] for part in store.documents("part", pending["id"])] == [parts[0]["id"]]
    assert store.documents("part", expired["id"]) == []
    store.close()
    assert [path.name for path in folders.part("").iterdir()] == [parts[0]["id"]]
    assert list(folders.file("").iterdir()) == []


def test_a_job_goes_on_in_the_next_server(tmp_path: Path) -> None:
    with running_server(tmp_path) as address, client_of(address) as client:
        job = start_job(client, tmp_path, chats(120, words=20), n_epochs=50, metadata={"ref": "r"})
        wait_for(client, job.id, "running")
        while not client.fine_tuning.jobs.list_events(job.id, limit=1).data[0].message.startswith("Step"):
            pass
    with running_server(tmp_path) as address, client_of(address) as client:
        done = wait_for(client, job.id)
        assert done.status == "succeeded"
        assert done.metadata == {"ref": "r"}
        events = [event.message for event in client.fine_tuning.jobs.list_events(job.id, limit=1000)]
        assert any("This job was interrupted; it goes on from step" in text for text in events)
        rows = client.files.content(done.result_files[0]).text.splitlines()[1:]
        assert [int(row.split(",")[0]) for row in rows] == list(range(1, len(rows) + 1))
        steps = [text.split("/")[0] for text in events if text.startswith("Step ")]
        assert len(steps) == len(set(steps))


def test_a_job_whose_file_is_gone_fails_in_words(tmp_path: Path) -> None:
    with running_server(tmp_path) as address, client_of(address) as client:
        blocking = start_job(client, tmp_path, chats(60, words=20), n_epochs=50)
        wait_for(client, blocking.id, "running")
        job = start_job(client, tmp_path, chats(10))
        client.files.delete(job.training_file)
        client.fine_tuning.jobs.cancel(blocking.id)
        failed = wait_for(client, job.id)
        assert failed.status == "failed"
        assert failed.error is not None
        assert "has been deleted" in failed.error.message
