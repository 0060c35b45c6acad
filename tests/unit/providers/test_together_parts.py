"""Large files to Together: part by part to its storage, and gone on with where an upload stopped."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.providers import upload_parts
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.together import TogetherProvider
from finetune_studio.providers.together_parts import TogetherParts
from finetune_studio.providers.wire import Timeouts
from finetune_studio.providers.wire_facts import wire_facts
from finetune_studio.workspace.submission_files import UploadNotes
from tests.helpers.fake_together import FakeTogether
from tests.helpers.services import PROFILES

PART = 1 << 18
SIZE = 4 * PART + 17
PUT = "/storage/upload-.*"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_parts, "_TRIES", (0.0, 0.0))


@pytest.fixture
def server() -> Iterator[FakeTogether]:
    with FakeTogether() as running:
        yield running


@pytest.fixture
def provider(server: FakeTogether) -> TogetherProvider:
    facts = replace(wire_facts(PROFILES["together"]), part_bytes=PART)
    made = TogetherProvider(facts, server.base_url, Secret(server.key), Timeouts(2, 2, 2))
    server.on_close.append(made.close)
    return made


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.jsonl"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def notes(tmp_path: Path) -> UploadNotes:
    return UploadNotes(tmp_path / "notes.parts")


def test_a_large_file_arrives_whole(
    provider: TogetherProvider, server: FakeTogether, large: Path, notes: UploadNotes
) -> None:
    seen: list[int] = []
    file = provider.upload_file(large, "fts-1.jsonl", lambda done, _total: seen.append(done), memory=notes)
    assert server.contents[file.id] == large.read_bytes()
    assert (file.name, file.status, server.calls("PUT", PUT)) == ("fts-1.jsonl", "processed", 5)
    assert seen == sorted(seen)
    assert seen[-1] == SIZE
    assert notes.load() == ""
    assert server.whole_files == 1


def test_it_goes_on_where_it_was_cancelled(
    provider: TogetherProvider, server: FakeTogether, large: Path, notes: UploadNotes, tmp_path: Path
) -> None:
    with pytest.raises(CancelledError):
        provider.upload_file(
            large, "fts-1.jsonl", cancelled=lambda: server.calls("PUT", PUT) >= 3, memory=notes
        )
    sent = server.calls("PUT", PUT)
    assert 3 <= sent < 5
    assert (tmp_path / "notes.parts").stat().st_mode & 0o077 == 0
    assert server.key not in notes.load()
    file = provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert server.contents[file.id] == large.read_bytes()
    assert server.calls("PUT", PUT) <= sent + 3, "what had arrived was not sent again"
    assert server.calls("POST", "/files/multipart/initiate") == 1


def test_addresses_that_hold_no_more_are_asked_for_anew(
    provider: TogetherProvider, server: FakeTogether, large: Path, notes: UploadNotes
) -> None:
    with pytest.raises(CancelledError):
        provider.upload_file(
            large, "fts-1.jsonl", cancelled=lambda: server.calls("PUT", PUT) >= 2, memory=notes
        )
    server.part_uploads.clear()
    file = provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert server.contents[file.id] == large.read_bytes()
    assert server.calls("POST", "/files/multipart/initiate") == 2


@pytest.mark.parametrize("kind", ["500_after", "reset_before", "reset_after", "503_before", "429"])
def test_a_part_in_trouble_is_sent_again(
    provider: TogetherProvider, server: FakeTogether, large: Path, kind: str
) -> None:
    server.inject("PUT", PUT, kind)
    file = provider.upload_file(large, "fts-1.jsonl")
    assert server.contents[file.id] == large.read_bytes()
    assert server.calls("POST", "/files/multipart/initiate") == 1


def test_a_service_that_wants_it_in_one_piece_gets_it_so(
    provider: TogetherProvider, server: FakeTogether, large: Path, notes: UploadNotes
) -> None:
    server.takes_parts = False
    file = provider.upload_file(large, "fts-1.jsonl", memory=notes)
    assert server.contents[file.id] == large.read_bytes()
    assert server.calls("PUT", PUT) == 0
    assert notes.load() == ""


def test_a_wrong_key_is_told_and_nothing_is_sent(
    provider: TogetherProvider, server: FakeTogether, large: Path
) -> None:
    server.key = "another"
    with pytest.raises(ProviderError, match="does not accept the API key"):
        provider.upload_file(large, "fts-1.jsonl")
    assert server.calls("PUT", ".*") == 0


def test_no_more_parts_than_are_taken(provider: TogetherProvider) -> None:
    parts = TogetherParts(provider._wire, "fine-tune", PART)
    for size in (PART + 1, 250 * PART, 250 * PART + 1, 5 << 30):
        part = parts.part_size(size)
        assert part >= PART
        assert -(-size // part) <= 250
