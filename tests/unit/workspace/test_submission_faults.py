"""Services of other habits, and trouble that lasts: nothing is paid twice, nothing is lost."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_studio.domain.errors import ProviderError
from finetune_studio.providers.wire_facts import WireFacts
from finetune_studio.workspace.submission import submit
from finetune_studio.workspace.submission_context import EventContext
from finetune_studio.workspace.submission_reconcile import reconcile
from finetune_studio.workspace.submission_records import SubmissionState
from tests.helpers.fake_provider_server import FAULTS, FakeProviderServer
from tests.unit.workspace.submission_parts import QUICK, Sender


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(file_script=("uploaded", "processed")) as running:
        yield running


AFTER = ("timeout_after", "500_after", "reset_after", "garbage", "html", "empty", "truncated", "wrong_shape")


@pytest.mark.parametrize("kind", AFTER)
def test_the_service_acted_and_then_all_looks_fail(
    server: FakeProviderServer, tmp_path: Path, kind: str
) -> None:
    sender = Sender(server, tmp_path)
    row = sender.freeze()
    server.inject("POST", "/fine_tuning/jobs", kind)
    original = sender.provider.create_job

    def create_then_offline(request: object) -> object:
        server.inject("GET", "/fine_tuning/jobs", "reset_before", times=100)
        return original(request)  # type: ignore[arg-type]

    sender.provider.create_job = create_then_offline  # type: ignore[method-assign, assignment]
    with pytest.raises(ProviderError) as caught:
        sender.submit(row)
    assert caught.value.outcome_unknown
    assert sender.journal.get(row.ref).state is SubmissionState.UNKNOWN
    server.faults.clear()
    sender.provider.create_job = original  # type: ignore[method-assign]
    found = reconcile(sender.journal, lambda _row: sender.provider, EventContext())
    assert [item.job.id for item in found if item.job] == ["ftjob-1"]
    assert sender.submit(row).id == "ftjob-1"
    assert sender.jobs == 1


@pytest.mark.parametrize(
    "service",
    [
        {"metadata": False},
        {"metadata_filter": False},
        {"metadata_rejected": True, "metadata": False},
        {"page_size": 1},
        {"metadata_filter": False, "endless_pages": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before", "500_after", "reset_after", "garbage"])
def test_services_of_other_habits(tmp_path: Path, service: dict[str, bool], kind: str) -> None:
    with FakeProviderServer(**service) as server:  # type: ignore[arg-type]
        sender = Sender(server, tmp_path)
        first = sender.submit(sender.freeze(seed=1))
        server.inject("POST", "/fine_tuning/jobs", kind)
        try:
            second = sender.submit()
        except ProviderError:
            second = sender.submit()
        assert first.id != second.id
        assert sender.jobs == 2
        assert sender.uploads == 1


def test_a_profile_without_metadata_sends_none(tmp_path: Path) -> None:
    with FakeProviderServer(metadata=False) as server:
        facts = WireFacts("fake", "Fake", metadata=False, seed=False, sends_method=False)
        sender = Sender(server, tmp_path, facts=facts)
        server.inject("POST", "/fine_tuning/jobs", "timeout_after")
        assert sender.submit().id == "ftjob-1"
        assert server.state.bodies == [{"model": "tiny", "training_file": "file-1", "suffix": "marv"}]


def test_look_alikes_are_not_guessed_among(tmp_path: Path) -> None:
    with FakeProviderServer(metadata=False) as server:
        sender = Sender(server, tmp_path)
        row = sender.freeze()
        server.inject("POST", "/fine_tuning/jobs", "reset_after")
        original = sender.provider.create_job

        def twice(request: object) -> object:
            try:
                return original(request)  # type: ignore[arg-type]
            finally:
                original(request)  # type: ignore[arg-type]

        sender.provider.create_job = twice  # type: ignore[method-assign, assignment]
        with pytest.raises(ProviderError, match=r"2 jobs that could be this one: ftjob-2, ftjob-1"):
            sender.submit(row)
        assert sender.journal.get(row.ref).state is SubmissionState.UNKNOWN
        assert sender.jobs == 2


def test_rate_limit_waits_as_the_service_asks(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    server.retry_after = "17"
    waits: list[float] = []
    sender.context.pause = waits.append  # type: ignore[method-assign, assignment]
    server.inject("POST", "/fine_tuning/jobs", "429")
    submit(sender.journal, sender.provider, sender.freeze(), sender.context, replace(QUICK, longest=60.0))
    assert 17.0 in waits
    assert sender.jobs == 1


def test_a_blocked_organisation_is_told_plainly(server: FakeProviderServer, tmp_path: Path) -> None:
    sender = Sender(server, tmp_path)
    server.inject("POST", "/fine_tuning/jobs", "403")
    with pytest.raises(ProviderError) as caught:
        sender.submit()
    assert caught.value.code == "training_not_available"
    assert "no longer lets this organisation" in caught.value.text
    assert "another provider or this computer" in caught.value.advice
    assert sender.journal.all()[0].state is SubmissionState.REFUSED


def test_every_sentence_is_for_people(server: FakeProviderServer, tmp_path: Path) -> None:
    provider = Sender(server, tmp_path).provider
    for kind in FAULTS:
        server.inject("GET", "/models", kind)
        with pytest.raises(ProviderError) as caught:
            provider.list_models()
        text = str(caught.value)
        assert re.fullmatch(r"[A-Z][^\n]{15,300}", text), text
        assert server.key not in text
        assert not caught.value.outcome_unknown, "a look changes nothing"


def test_a_large_upload_goes_on_after_an_interruption(tmp_path: Path) -> None:
    with FakeProviderServer() as server:
        facts = WireFacts("fake", "Fake", part_bytes=256)
        sender = Sender(server, tmp_path, facts=facts)
        row = sender.freeze()
        server.inject("POST", "/uploads/upload-1/complete", "401")
        with pytest.raises(ProviderError):
            sender.submit(row)
        assert sender.journal.get(row.ref).state is SubmissionState.INTERRUPTED
        assert len(list(tmp_path.rglob("*.parts"))) == 1
        sent = server.calls("POST", "/uploads/.*/parts")
        another = Sender(server, tmp_path, facts=facts)  # the app was started anew
        assert another.submit(another.journal.get(row.ref)).id == "ftjob-1"
        assert server.calls("POST", "/uploads/.*/parts") == sent
        assert sender.uploads == 1
        assert list(tmp_path.rglob("*.parts")) == []
