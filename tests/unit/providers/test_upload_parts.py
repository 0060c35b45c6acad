"""Large files in parts: whole, cancelled, gone on with, and through every trouble."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers import upload_parts
from finetune_studio.providers.openai_wire import OpenAIWireProvider, Timeouts
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts, wire_facts
from finetune_studio.targets.registry import load_profiles
from finetune_studio.workspace.submission_files import UploadNotes
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.fake_service import ACTS_FIRST, FAULTS

PART = 1 << 18
FACTS = WireFacts("fake", "Fake", part_bytes=PART)
SIZE = 4 * PART + 17


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_parts, "_TRIES", (0.0, 0.0))


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer() as running:
        yield running


@pytest.fixture
def provider(server: FakeProviderServer) -> OpenAIWireProvider:
    made = OpenAIWireProvider(FACTS, server.base_url, Secret(server.key), Timeouts(0.4, 0.4, 1))
    server.on_close.append(made.close)
    return made


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.jsonl"
    path.write_bytes(bytes(range(256)) * (SIZE // 256) + b"x" * (SIZE % 256))
    return path


@pytest.fixture
def notes(tmp_path: Path) -> UploadNotes:
    return UploadNotes(tmp_path / "notes.parts")


def parts_sent(server: FakeProviderServer) -> int:
    return server.calls("POST", "/uploads/[^/]+/parts")


def test_a_large_file_arrives_whole(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes
) -> None:
    seen: list[tuple[int, int]] = []
    file = provider.upload_file(large, "fts-1.jsonl", lambda *at: seen.append(at), memory=notes)
    assert server.state.contents[file.id] == large.read_bytes()
    assert (file.name, file.size, parts_sent(server)) == ("fts-1.jsonl", SIZE, 5)
    assert seen[-1] == (SIZE, SIZE)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert notes.load() == ""


def test_a_small_file_goes_in_one_piece(
    provider: OpenAIWireProvider, server: FakeProviderServer, tmp_path: Path
) -> None:
    path = tmp_path / "small.jsonl"
    path.write_bytes(b"x" * PART)
    provider.upload_file(path, "fts-1.jsonl")
    assert parts_sent(server) == 0


def test_services_of_this_protocol_say_whether_they_take_parts() -> None:
    profiles = load_profiles()
    assert wire_facts(profiles["openai"]).part_bytes == 64 << 20
    assert wire_facts(profiles["custom"]).part_bytes is None


def test_a_cancelled_upload_goes_on_where_it_stopped(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes
) -> None:
    stop = threading.Event()
    asked: list[float] = []

    def progress(done: int, _total: int) -> None:
        if done > 2.2 * PART and not stop.is_set():
            asked.append(time.monotonic())
            stop.set()

    server.slow_reading = 0.03
    with pytest.raises(CancelledError):
        provider.upload_file(large, "fts-1.jsonl", progress, stop.is_set, notes)
    assert time.monotonic() - asked[0] < 1
    server.slow_reading = 0
    arrived = len(server.part_uploads["upload-1"]["parts"])
    assert 2 <= arrived < 5
    sent = parts_sent(server)
    seen: list[int] = []
    file = provider.upload_file(large, "fts-1.jsonl", lambda done, _: seen.append(done), memory=notes)
    assert server.state.contents[file.id] == large.read_bytes()
    assert list(server.part_uploads) == ["upload-1"]
    assert parts_sent(server) - sent <= 3, "only what was missing"
    assert min(seen) >= 2 * PART


@pytest.mark.parametrize("kind", FAULTS)
def test_a_part_that_fails_in_passing_is_sent_again(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes, kind: str
) -> None:
    for _ in range(2):
        server.inject("POST", "/uploads/upload-1/parts", kind)
    if kind in ("400", "401", "403", "404", "moved", "clock_skew"):
        with pytest.raises(ProviderError):
            provider.upload_file(large, "fts-1.jsonl", memory=notes)
        server.faults.clear()
    file = provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert server.state.contents[file.id] == large.read_bytes()
    assert len(server.state.files) == 1


@pytest.mark.parametrize("kind", sorted(ACTS_FIRST))
def test_a_doubtful_end_is_told_as_such(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes, kind: str
) -> None:
    server.inject("POST", "/uploads/upload-1/complete", kind)
    with pytest.raises(ProviderError) as caught:
        provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert caught.value.outcome_unknown
    assert provider.find_file("fts-1.jsonl", SIZE) is not None


def test_an_upload_that_ended_there_begins_anew(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes
) -> None:
    server.inject("POST", "/uploads/upload-1/complete", "401")
    with pytest.raises(ProviderError):
        provider.upload_file(large, "fts-1.jsonl", memory=notes)
    server.part_uploads["upload-1"]["status"] = "expired"
    file = provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert server.state.contents[file.id] == large.read_bytes()
    assert list(server.part_uploads) == ["upload-1", "upload-2"]


def test_an_upload_about_to_end_is_not_gone_on_with(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes
) -> None:
    server.upload_lives = 60
    server.inject("POST", "/uploads/upload-1/complete", "401")
    with pytest.raises(ProviderError):
        provider.upload_file(large, "fts-1.jsonl", memory=notes)
    provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert list(server.part_uploads) == ["upload-1", "upload-2"]


def test_notes_that_make_no_sense_are_no_obstacle(
    provider: OpenAIWireProvider, server: FakeProviderServer, large: Path, notes: UploadNotes
) -> None:
    for text in ("{", "[]", '{"upload_id": 7}', "null"):
        notes.save(text)
        provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert len(server.state.files) == 4


_MEMORY = """
import resource, sys
from pathlib import Path
from finetune_studio.providers.openai_wire import OpenAIWireProvider
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import WireFacts
url, key, path = sys.argv[1:]
provider = OpenAIWireProvider(WireFacts("fake", "Fake", part_bytes=8 << 20), url, Secret(key))
provider.list_models()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
provider.upload_file(Path(path), "fts-large.jsonl")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="resource is of POSIX")
def test_parts_take_no_memory(server: FakeProviderServer, tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    path.write_bytes(b"x" * (40 << 20))
    command = [sys.executable, "-c", _MEMORY, server.base_url, server.key, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert int(done.stdout) < 15, f"{done.stdout} MiB more for 40 MiB"
