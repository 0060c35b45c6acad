"""Jobs that were started elsewhere, files that are deleted, and what is known before anything is sent."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from finetune_studio.domain.errors import ProviderError, UsageError
from finetune_studio.domain.job import JobState
from finetune_studio.providers.base import JobRequest, RemoteModel
from finetune_studio.targets.registry import load_profiles
from finetune_studio.workspace.job_watch import look_once
from finetune_studio.workspace.live_models import trainable_models
from finetune_studio.workspace.outlook import ask_outlook, outlook
from finetune_studio.workspace.submission import submit
from finetune_studio.workspace.submission_adopt import adopt_job, jobs_to_adopt
from finetune_studio.workspace.submission_deletion import delete_sent_files
from finetune_studio.workspace.submission_records import SubmissionState
from tests.helpers.fake_provider_server import FakeProviderServer
from tests.helpers.services import SERVICES, Service
from tests.unit.workspace.submission_parts import QUICK, Sender

PROFILES = load_profiles()
CUSTOM = PROFILES["custom"]


@pytest.fixture
def server() -> Iterator[FakeProviderServer]:
    with FakeProviderServer(script=("running", "succeeded")) as running:
        yield running


@pytest.fixture
def sender(server: FakeProviderServer, tmp_path: Path) -> Sender:
    return Sender(server, tmp_path)


def started_elsewhere(sender: Sender, folder: Path, name: str = "their data.jsonl") -> str:
    path = folder / "theirs.jsonl"
    path.write_bytes(b"{}\n")
    file = sender.provider.upload_file(path, name)
    return sender.provider.create_job(JobRequest("another app", "tiny", file.id, suffix="theirs")).id


def test_a_job_from_elsewhere_is_followed_to_its_end(sender: Sender, tmp_path: Path) -> None:
    job_id = started_elsewhere(sender, tmp_path)
    address = sender.server.base_url
    assert [job.id for job in jobs_to_adopt(sender.journal, sender.provider, address)] == [job_id]
    row = adopt_job(sender.journal, sender.provider, CUSTOM, address, job_id)
    assert (row.state, row.plan.suffix, row.plan.model) == (SubmissionState.SUBMITTED, "theirs", "tiny")
    assert not row.training.is_kept
    assert row.training.size == 3
    assert jobs_to_adopt(sender.journal, sender.provider, address) == ()
    update = look_once(sender.journal, sender.provider, row.ref)
    assert update.job.state is JobState.SUCCEEDED
    assert sender.journal.metrics(row.ref)
    again = adopt_job(sender.journal, sender.provider, CUSTOM, address, job_id)
    assert again.ref == row.ref
    assert len(sender.journal.all()) == 1


def test_our_own_job_goes_back_to_its_row(sender: Sender, server: FakeProviderServer) -> None:
    row = sender.freeze()
    server.inject("POST", "/fine_tuning/jobs", "timeout_after")
    original = sender.provider.create_job

    def then_offline(request: JobRequest) -> object:
        server.inject("GET", "/fine_tuning/jobs", "500_before", times=50)
        return original(request)

    sender.provider.create_job = then_offline  # type: ignore[method-assign, assignment]
    with pytest.raises(ProviderError):
        sender.submit(row)
    server.faults.clear()
    adopted = adopt_job(sender.journal, sender.provider, CUSTOM, server.base_url, "ftjob-1")
    assert (adopted.ref, adopted.training.is_kept) == (row.ref, True)
    assert len(sender.journal.all()) == 1


def test_an_adopted_job_is_not_taken_for_the_same_submission(sender: Sender, tmp_path: Path) -> None:
    adopt_job(
        sender.journal,
        sender.provider,
        CUSTOM,
        sender.server.base_url,
        started_elsewhere(sender, tmp_path),
    )
    assert sender.submit().id == "ftjob-2"


def test_no_such_job(sender: Sender) -> None:
    with pytest.raises(ProviderError, match="does not have"):
        adopt_job(sender.journal, sender.provider, CUSTOM, sender.server.base_url, "ftjob-9")
    with pytest.raises(UsageError):
        adopt_job(sender.journal, sender.provider, CUSTOM, sender.server.base_url, "  ")
    assert sender.journal.all() == []


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_service_lets_adopt(service: Service, tmp_path: Path) -> None:
    with service.fake() as fake:
        provider = service.provider(fake)
        sender = Sender(fake, tmp_path)
        path = tmp_path / "t.jsonl"
        path.write_bytes(b"{}\n")
        name = f"fts-{'ab' * 32}.jsonl"
        file = provider.upload_file(path, name)
        ref = "fts-20261129-00112233445566aa"
        job = provider.create_job(JobRequest(ref, service.model, file.id))
        row = adopt_job(sender.journal, provider, PROFILES[service.id], fake.base_url, job.id)
        assert row.job is not None
        assert row.job.id == job.id
        assert row.training_file_id == file.id


def test_sent_files_are_deleted_once_nothing_needs_them(sender: Sender, server: FakeProviderServer) -> None:
    first, second = sender.freeze(seed=1), sender.freeze(seed=2)
    sender.submit(first)
    with pytest.raises(UsageError, match="has not ended"):
        delete_sent_files(sender.journal, sender.provider, first.ref)
    sender.submit(second)
    for _ in range(2):
        look_once(sender.journal, sender.provider, first.ref)
    assert delete_sent_files(sender.journal, sender.provider, first.ref) == (), "the second still reads it"
    assert sender.uploads == 1
    for _ in range(2):
        look_once(sender.journal, sender.provider, second.ref)
    assert delete_sent_files(sender.journal, sender.provider, second.ref) == ("file-1",)
    assert sender.uploads == 0
    assert sender.journal.get(second.ref).training_file_id == ""
    assert sender.journal.frozen_path(second.training).exists()


def test_a_blocked_organisation_can_take_its_file_back(sender: Sender, server: FakeProviderServer) -> None:
    row = sender.freeze()
    server.inject("POST", "/fine_tuning/jobs", "403")
    with pytest.raises(ProviderError):
        sender.submit(row)
    assert delete_sent_files(sender.journal, sender.provider, row.ref) == ("file-1",)
    assert sender.uploads == 0


# before anything is sent


def test_what_closes_is_known_by_its_day() -> None:
    openai = PROFILES["openai"]
    before = outlook(openai, "gpt-4.1-mini", date(2026, 11, 29))
    assert before.closed is None
    assert [notice.at for notice in before.closing] == [date(2027, 1, 6), date(2027, 1, 14)]
    after = outlook(openai, "gpt-4.1-mini", date(2027, 1, 6))
    with pytest.raises(ProviderError, match="no new fine-tuning jobs") as caught:
        after.require_open(openai)
    assert "Nothing was sent" in caught.value.advice


def test_the_services_own_day_stands_over_the_profiles() -> None:
    openai = PROFILES["openai"]
    live = (RemoteModel("gpt-4.1-mini-2025-04-14", shutdown_date="2026-12-01"),)
    found = outlook(openai, "gpt-4.1-mini", date(2026, 11, 29), live)
    assert "shuts down on 1 December 2026, OpenAI says" in str([notice.text for notice in found.notices])
    assert date(2027, 1, 14) not in [notice.at for notice in found.notices]
    assert outlook(openai, "gpt-4.1-mini", date(2026, 12, 1), live).closed is not None


def test_a_model_that_was_shut_down_stops_it_before_the_upload(
    sender: Sender, server: FakeProviderServer
) -> None:
    row = sender.freeze()

    def first() -> None:
        ask_outlook(sender.provider, CUSTOM, "tiny", date(2100, 1, 1)).require_open(CUSTOM)

    with pytest.raises(ProviderError, match="was shut down on 14 January 2099"):
        submit(sender.journal, sender.provider, row, sender.context, QUICK, first)
    assert server.calls("POST", ".*") == 0
    assert sender.journal.get(row.ref).state is SubmissionState.REFUSED


def test_a_wrong_key_is_told_before_the_upload_and_a_silent_list_is_no_obstacle(
    sender: Sender, server: FakeProviderServer
) -> None:
    server.inject("GET", "/models", "401")
    with pytest.raises(ProviderError, match="does not accept the API key"):
        ask_outlook(sender.provider, CUSTOM, "tiny", date(2026, 1, 1))
    for kind in ("404", "500_before", "timeout_before", "garbage"):
        server.inject("GET", "/models", kind)
        assert ask_outlook(sender.provider, CUSTOM, "tiny", date(2026, 1, 1)).models == ()


def test_models_that_can_be_trained_come_from_the_service_and_the_profile() -> None:
    live = (
        RemoteModel("open-mistral-nemo", trainable=True),
        RemoteModel("open-mistral-7b", trainable=False),
        RemoteModel("new-model", trainable=True, shutdown_date="2027-05-01"),
        RemoteModel("to-ask-only", trainable=False),
        RemoteModel("ft:open-mistral-nemo:x"),
    )
    found = trainable_models(PROFILES["mistral"], live)
    assert [(model.id, model.is_live, model.is_sure) for model in found] == [
        ("open-mistral-nemo", True, True),
        ("mistral-small-latest", False, True),
        ("codestral-latest", False, True),
        ("new-model", True, True),
        ("ft:open-mistral-nemo:x", True, False),
    ]
    openai = trainable_models(PROFILES["openai"])
    assert openai[0].shutdown == "2027-01-14"
