"""The provider over a real HTTP server, through the real SDK."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.domain.job import Hyperparameters, JobState
from finetune_studio.providers.base import ChatMessage, JobRequest
from finetune_studio.providers.openai_wire import OpenAIWireProvider, Timeouts
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts, wire_facts
from finetune_studio.targets.registry import load_profiles
from tests.helpers.fake_provider_server import FakeProviderServer

FACTS = WireFacts("fake", "Fake")


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(script=("queued", "running", "running", "succeeded")) as running:
        yield running


@pytest.fixture
def provider(server: FakeProviderServer) -> Iterator[OpenAIWireProvider]:
    made = OpenAIWireProvider(FACTS, server.base_url, Secret(server.key), Timeouts(2, 5, 5))
    yield made
    made.close()


def a_file(folder: Path, size: int = 1000) -> Path:
    path = folder / "train.jsonl"
    path.write_bytes(b"x" * size)
    return path


def test_files(provider: OpenAIWireProvider, server: FakeProviderServer, tmp_path: Path) -> None:
    path = a_file(tmp_path)
    uploaded = provider.upload_file(path, "fts-1.jsonl")
    assert server.state.contents[uploaded.id] == path.read_bytes()
    assert provider.find_file("fts-1.jsonl") == provider.get_file(uploaded.id)
    assert provider.find_file("fts-1.jsonl", 999) is None
    assert provider.find_file("fts-2.jsonl") is None
    provider.delete_file(uploaded.id)
    provider.delete_file(uploaded.id)
    assert provider.list_files() == ()


def test_lists_follow_pages_and_stop(
    server: FakeProviderServer, provider: OpenAIWireProvider, tmp_path: Path
) -> None:
    for number in range(7):
        provider.upload_file(a_file(tmp_path, 10), f"fts-{number}.jsonl")
    server.page_size = 2
    assert [file.name for file in provider.list_files()] == [f"fts-{n}.jsonl" for n in (6, 5, 4, 3, 2, 1, 0)]
    server.endless_pages = True
    assert len(provider.list_files()) <= 4
    assert server.calls("GET", "/files") < 10


def test_a_job_to_its_end(provider: OpenAIWireProvider, server: FakeProviderServer, tmp_path: Path) -> None:
    file = provider.upload_file(a_file(tmp_path), "t.jsonl")
    chosen = Hyperparameters((("n_epochs", 3), ("batch_size", "auto")))
    job = provider.create_job(JobRequest("ref-1", "tiny", file.id, hyperparameters=chosen))
    assert provider.find_job_by_ref("ref-1") == job
    assert provider.find_job_by_ref("ref-2") is None
    states = [provider.get_job(job.id).state for _ in range(4)]
    assert states == [JobState.QUEUED, JobState.RUNNING, JobState.RUNNING, JobState.SUCCEEDED]
    done = provider.get_job(job.id)
    assert (done.fine_tuned_model, done.trained_tokens) == ("ft:tiny:ftjob-1", 1234)
    assert done.hyperparameters == (("n_epochs", "3"),)
    assert done.error_message == ""
    events = provider.list_events(job.id)
    assert events[0].message.startswith("Created")
    assert provider.list_events(job.id, frozenset({events[-2].id})) == events[-1:]
    points = provider.results(done)
    assert [(point.step, point.train_loss, point.valid_loss) for point in points] == [
        (1, 2.0, None),
        (2, 1.0, 1.5),
    ]
    assert points[0].train_accuracy == 0.5


def test_an_unknown_status_is_open_and_kept(
    server: FakeProviderServer, provider: OpenAIWireProvider, tmp_path: Path
) -> None:
    server.script = ("frobnicating",)
    file = provider.upload_file(a_file(tmp_path), "t.jsonl")
    job = provider.get_job(provider.create_job(JobRequest("r", "tiny", file.id)).id)
    assert (job.status, job.state) == ("frobnicating", JobState.UNKNOWN)
    assert not job.state.is_final


def test_hyperparameters_go_where_the_profile_says(server: FakeProviderServer, tmp_path: Path) -> None:
    profile = load_profiles()["nebius"]
    provider = OpenAIWireProvider(wire_facts(profile), server.base_url, Secret(server.key))
    server.on_close.append(provider.close)
    file = provider.upload_file(a_file(tmp_path), "t.jsonl")
    chosen = Hyperparameters((("n_epochs", 2), ("lora", 1)))
    provider.create_job(JobRequest("r", "tiny", file.id, hyperparameters=chosen))
    sent = server.state.bodies[-1]
    assert sent["hyperparameters"] == {"n_epochs": 2, "lora": 1}
    assert "hyperparameters" not in str(sent.get("method"))


def test_models_tell_their_end(provider: OpenAIWireProvider) -> None:
    [model] = provider.list_models()
    assert (model.id, model.shutdown_date) == ("tiny", "2099-01-14")


def test_chat_comes_in_pieces(server: FakeProviderServer, provider: OpenAIWireProvider) -> None:
    asked = [ChatMessage("system", "Be Marv."), ChatMessage("user", "Capital of France?")]
    assert list(provider.chat(asked, "tiny")) == server.answer_pieces
    assert server.state.bodies[-1]["messages"][0] == {"role": "system", "content": "Be Marv."}
    server.stream_chat = False
    assert list(provider.chat(asked, "tiny")) == ["".join(server.answer_pieces)]


def test_chat_can_be_left_while_the_service_is_silent(
    server: FakeProviderServer, provider: OpenAIWireProvider
) -> None:
    server.hold_chat = True
    left = threading.Event()
    stream = provider.chat([ChatMessage("user", "hi")], "tiny", left.is_set)
    assert next(stream) == "Paris"
    left.set()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        next(stream)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "kind", ["html", "garbage", "reset_before", "401", "404", "wrong_shape", "truncated"]
)
def test_chat_faults_are_told(server: FakeProviderServer, provider: OpenAIWireProvider, kind: str) -> None:
    server.inject("POST", "/chat/completions", kind)
    with pytest.raises(ProviderError) as caught:
        list(provider.chat([ChatMessage("user", "hi")], "tiny"))
    assert not caught.value.outcome_unknown


def test_upload_tells_progress_and_cancels_at_once(
    server: FakeProviderServer, provider: OpenAIWireProvider, tmp_path: Path
) -> None:
    size = 8 << 20
    path = a_file(tmp_path, size)
    seen: list[tuple[int, int]] = []
    provider.upload_file(path, "fts-big.jsonl", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    server.slow_reading = 0.05
    cancelled = threading.Event()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        provider.upload_file(path, "fts-two.jsonl", lambda *_: cancelled.set(), cancelled.is_set)
    assert time.monotonic() - started < 2
    assert [file.name for file in provider.list_files()] == ["fts-big.jsonl"]


def test_upload_that_progress_stops(
    server: FakeProviderServer, provider: OpenAIWireProvider, tmp_path: Path
) -> None:
    server.slow_reading = 0.05

    def stop(_done: int, _total: int) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        provider.upload_file(a_file(tmp_path, 8 << 20), "fts-3.jsonl", stop)


_MEMORY = """
import resource, sys
from pathlib import Path
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts
url, key, path = sys.argv[1:]
provider = OpenAIWireProvider(WireFacts("fake", "Fake"), url, Secret(key))
provider.list_models()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
provider.upload_file(Path(path), "fts-large.jsonl")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of POSIX")
def test_a_large_upload_takes_no_memory(server: FakeProviderServer, tmp_path: Path) -> None:
    path = a_file(tmp_path, 60 << 20)
    command = [sys.executable, "-c", _MEMORY, server.base_url, server.key, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert int(done.stdout) < 15, f"{done.stdout} MiB more for 60 MiB"


def test_nothing_comes_from_the_environment(
    server: FakeProviderServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {
        "OPENAI_API_KEY": "sk-environment-1111111111",
        "OPENAI_ADMIN_KEY": "sk-environment-2222222222",
        "OPENAI_ORG_ID": "org-environment",
        "OPENAI_PROJECT_ID": "proj-environment",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "OPENAI_WEBHOOK_SECRET": "whsec-environment",
        "OPENAI_CUSTOM_HEADERS": "X-Secret: environment\nAuthorization: Bearer environment",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    provider = OpenAIWireProvider(FACTS, server.base_url, Secret(server.key))
    server.on_close.append(provider.close)
    provider.list_models()
    provider.upload_file(a_file(tmp_path), "t.jsonl")
    assert "environment" not in str(server.headers)
    assert {headers["authorization"] for headers in server.headers} == {f"Bearer {server.key}"}


def test_the_sdk_is_imported_when_first_asked() -> None:
    code = "import sys, finetune_studio.workspace.connections; print('openai' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert done.stdout.strip() == "False"
