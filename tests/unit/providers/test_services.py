"""Together, Fireworks and Mistral: each adapter over a server that behaves as its documents say."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from finetune_studio.domain.errors import CancelledError, ProviderError
from finetune_studio.domain.job import Hyperparameters, JobState
from finetune_studio.providers.base import ChatMessage, JobRequest
from finetune_studio.providers.fireworks import FireworksProvider
from finetune_studio.providers.results import metrics_of_events
from finetune_studio.providers.secrets import Secret
from finetune_studio.providers.wire_facts import wire_facts
from tests.helpers.fake_fireworks import FakeFireworks
from tests.helpers.fake_mistral import FakeMistral
from tests.helpers.fake_together import FakeTogether
from tests.helpers.services import PROFILES, SERVICES, Service

NAME = f"fts-{'0123456789abcdef' * 4}.jsonl"
REF = "fts-20261129-0011223344556677"

each = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def a_file(folder: Path, size: int = 1000) -> Path:
    path = folder / "train.jsonl"
    path.write_bytes(b"x" * size)
    return path


def request_for(service: Service, file_id: str, **changes: Any) -> JobRequest:
    values = {"ref": REF, "model": service.model, "training_file": file_id, **changes}
    return JobRequest(**values)


@each
def test_files(service: Service, tmp_path: Path) -> None:
    with service.fake() as fake:
        provider = service.provider(fake)
        path = a_file(tmp_path)
        assert provider.find_file(NAME, 1000) is None
        seen: list[tuple[int, int]] = []
        uploaded = provider.upload_file(path, NAME, lambda *at: seen.append(at))
        assert list(fake.contents.values()) == [path.read_bytes()]
        assert seen[-1] == (1000, 1000)
        found = provider.find_file(NAME, 1000)
        assert found is not None
        assert found.id == uploaded.id
        assert found == provider.get_file(uploaded.id)
        assert [file.id for file in provider.list_files()] == [uploaded.id]
        assert found.status in (None, "ready", "processed")
        provider.delete_file(uploaded.id)
        provider.delete_file(uploaded.id)
        assert provider.list_files() == ()


@each
def test_a_job_to_its_end(service: Service, tmp_path: Path) -> None:
    queued, running, done, _ = service.states
    with service.fake(script=(queued, running, running, done)) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        chosen = Hyperparameters((("n_epochs", 3), ("learning_rate", 0.5), ("batch_size", "auto")))
        request = request_for(service, file.id, hyperparameters=chosen, suffix="marv", seed=7)
        job = provider.create_job(request)
        assert not job.state.is_final
        assert (job.training_file, job.model) == (file.id, service.model)
        found = provider.find_job_by_ref(REF) or provider.find_jobs_like(request)[0]
        assert found.id == job.id
        assert provider.find_job_by_ref("fts-20261129-ffffffffffffffff") is None
        assert [item.id for item in provider.list_jobs()] == [job.id]
        for _ in range(5):
            last = provider.get_job(job.id)
        assert last.state is JobState.SUCCEEDED
        assert last.fine_tuned_model
        assert ("n_epochs", "3") in last.hyperparameters
        assert last.error_message == ""
        points = provider.results(last)
        assert points
        assert points[-1].train_loss is not None
        events = provider.list_events(job.id)
        assert events
        known = frozenset(event.id for event in events)
        assert provider.list_events(job.id, known) == ()
        assert list(provider.list_checkpoints(job.id)) == sorted(
            provider.list_checkpoints(job.id), key=lambda checkpoint: checkpoint.step
        )


@each
def test_a_failed_job_says_why(service: Service, tmp_path: Path) -> None:
    with service.fake(script=(service.states[3],)) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        job = provider.get_job(provider.create_job(request_for(service, file.id)).id)
        assert (job.state, job.error_message) == (JobState.FAILED, "Example 3 is odd")


@each
def test_an_unknown_status_is_open_and_kept(service: Service, tmp_path: Path) -> None:
    with service.fake(script=("FROBNICATING",)) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        job = provider.get_job(provider.create_job(request_for(service, file.id)).id)
        assert (job.status, job.state) == ("FROBNICATING", JobState.UNKNOWN)


@each
def test_cancel(service: Service, tmp_path: Path) -> None:
    with service.fake(script=(service.states[1],)) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        job = provider.create_job(request_for(service, file.id))
        assert provider.cancel_job(job.id).state is JobState.CANCELLED


@each
def test_what_is_not_offered_is_said(service: Service) -> None:
    with service.fake() as fake, pytest.raises(ProviderError, match="cannot pause"):
        service.provider(fake).pause_job("x")


@each
def test_models_and_chat(service: Service) -> None:
    with service.fake() as fake:
        provider = service.provider(fake)
        assert service.model in [model.id for model in provider.list_models()]
        if isinstance(fake, FakeFireworks):
            fake.prefix = ""  # the chat lies beside /v1, not below it
        assert list(provider.chat([ChatMessage("user", "hi")], "tuned")) == fake.answer_pieces
        assert fake.bodies[-1]["model"] == "tuned"


@each
def test_upload_cancels_within_a_second(service: Service, tmp_path: Path) -> None:
    with service.fake() as fake:
        provider = service.provider(fake)
        path = a_file(tmp_path, 16 << 20)
        fake.slow_reading = 0.05
        stop = threading.Event()
        asked: list[float] = []

        def progress(done: int, _total: int) -> None:
            if done and not asked:
                asked.append(time.monotonic())
                stop.set()

        with pytest.raises(CancelledError):
            provider.upload_file(path, NAME, progress, stop.is_set)
        assert time.monotonic() - asked[0] < 1
        assert fake.whole_files == 0


@each
def test_a_sign_in_page_is_not_followed(service: Service) -> None:
    with service.fake() as fake:
        provider = service.provider(fake)
        for _ in range(2):
            fake.inject("GET", ".*", "moved")
            with pytest.raises(ProviderError, match=r"sends questions on to sign-in\.example\.com") as caught:
                provider.list_files()
            assert not caught.value.outcome_unknown


@each
def test_a_clock_that_is_wrong_is_named(service: Service) -> None:
    with service.fake() as fake:
        fake.inject("GET", ".*", "clock_skew", times=2)
        with pytest.raises(ProviderError) as caught:
            service.provider(fake).list_files()
        assert "clock is 3 hours behind the service's" in caught.value.advice


@each
def test_models_tell_their_end(service: Service) -> None:
    with service.fake() as fake:
        ends = {model.id: model.shutdown_date for model in service.provider(fake).list_models()}
        wanted = {
            "mistral": ("open-mistral-7b", "2025-03-30"),
            "fireworks": ("accounts/fireworks/models/old", "2026-12-24"),
            "together": ("Qwen/Qwen3-8B", ""),
        }
        name, day = wanted[service.id]
        assert ends[name] == day


# what is of one service alone


def test_together_sends_what_its_reference_asks_for(tmp_path: Path) -> None:
    service = SERVICES["together"]
    with FakeTogether() as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        chosen = Hyperparameters((("n_epochs", 2), ("beta", 0.2), ("lora", 0)))
        request = request_for(service, file.id, method="dpo", hyperparameters=chosen, suffix="m", seed=1)
        provider.create_job(request)
        assert fake.bodies[-1] == {
            "model": service.model,
            "training_file": file.id,
            "n_epochs": 2,
            "batch_size": "max",
            "suffix": "m",
            "random_seed": 1,
            "training_type": {"type": "Full"},
            "training_method": {"method": "dpo", "dpo_beta": 0.2},
        }
        provider.create_job(request_for(service, file.id, validation_file=file.id))
        assert fake.bodies[-1]["n_evals"] == 1
        assert fake.bodies[-1]["training_method"] == {"method": "sft", "train_on_inputs": "auto"}


def test_together_tells_what_its_check_says(tmp_path: Path) -> None:
    with FakeTogether() as fake:
        fake.invalid = "Line 3 has no role"
        uploaded = SERVICES["together"].provider(fake).upload_file(a_file(tmp_path), NAME)
        assert (uploaded.status, uploaded.status_details) == ("error", "Line 3 has no role")


def test_together_asks_for_the_check_again_rather_than_sending_twice(tmp_path: Path) -> None:
    for kind in ("timeout_before", "500_before", "500_after", "reset_after", "garbage"):
        with FakeTogether() as fake:
            provider = SERVICES["together"].provider(fake)
            provider._wire.timeouts = type(provider._wire.timeouts)(0.3, 0.5, 0.5)  # type: ignore[attr-defined]
            fake.inject("POST", "/files/[^/]+/preprocess", kind)
            assert provider.upload_file(a_file(tmp_path), NAME).status == "processed", kind
            assert fake.calls("PUT", ".*") == 1


def test_together_goes_on_from_a_job(tmp_path: Path) -> None:
    service = SERVICES["together"]
    with FakeTogether() as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        first = provider.create_job(request_for(service, file.id))
        request = request_for(service, file.id, model=f"{first.id}:1")
        second = provider.create_job(request)
        assert fake.bodies[-1]["from_checkpoint"] == "ft-1:1"
        assert "model" not in fake.bodies[-1]
        assert [job.id for job in provider.find_jobs_like(request)] == [second.id]
        fake.jobs[second.id]["from_checkpoint"] = "ft-1"  # told in another spelling
        assert [job.id for job in provider.find_jobs_like(request)] == [second.id]


def test_together_curves_come_while_the_job_runs(tmp_path: Path) -> None:
    with FakeTogether(script=("running",)) as fake:
        service = SERVICES["together"]
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        job = provider.get_job(provider.create_job(request_for(service, file.id)).id)
        points = metrics_of_events(provider.list_events(job.id))
        assert [(p.step, p.train_loss, p.valid_loss) for p in points] == [(1, 2.0, None), (2, 1.0, 1.5)]


def test_an_address_for_the_file_must_be_safe(tmp_path: Path) -> None:
    with FakeTogether() as fake:
        provider = SERVICES["together"].provider(fake)
        act = fake.act

        def elsewhere(method: str, path: str, *rest: Any) -> Any:
            answer = act(method, path, *rest)
            if (method, path) == ("POST", "/files"):
                answer[2]["Location"] = "http://storage.example.com/x"
            return answer

        fake.act = elsewhere  # type: ignore[method-assign]
        with pytest.raises(ProviderError, match="not safe to use"):
            provider.upload_file(a_file(tmp_path), NAME)
        assert fake.contents == {}


def test_fireworks_tells_a_share_rather_than_steps(tmp_path: Path) -> None:
    service = SERVICES["fireworks"]
    with FakeFireworks(script=("JOB_STATE_RUNNING",)) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        job = provider.create_job(request_for(service, file.id))
        assert provider.get_job(job.id).progress == 0.25
        [event] = provider.list_events(job.id)
        assert (event.message, event.data) == ("Running, 50 %", {})
        assert event.at is not None


def test_fireworks_refuses_a_second_job_of_one_reference(tmp_path: Path) -> None:
    service = SERVICES["fireworks"]
    with FakeFireworks() as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        provider.create_job(request_for(service, file.id))
        with pytest.raises(ProviderError) as caught:
            provider.create_job(request_for(service, file.id))
        assert caught.value.outcome_unknown, "it is looked for, and found"
        assert len(fake.jobs) == 1


def test_fireworks_sends_what_its_reference_asks_for(tmp_path: Path) -> None:
    service = SERVICES["fireworks"]
    with FakeFireworks() as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        chosen = Hyperparameters((("n_epochs", 2), ("beta", 0.2), ("lora_rank", 8)))
        made = provider.create_job(
            request_for(service, file.id, method="dpo", hyperparameters=chosen, suffix="My Marv")
        )
        assert fake.bodies[-1] == {
            "dataset": f"accounts/me/datasets/{file.id}",
            "displayName": "My Marv",
            "trainingConfig": {
                "baseModel": service.model,
                "epochs": 2,
                "loraRank": 8,
                "outputModel": "accounts/me/models/my-marv-44556677",
            },
            "lossConfig": {"method": "DPO", "klBeta": 0.2},
        }
        assert (made.id, made.method) == (f"dpoJobs/{REF}", "dpo")
        assert [point.step for point in provider.results(provider.get_job(made.id))] == [1, 2]
        found = provider.find_job_by_ref(REF)
        assert found is not None
        assert found.id == made.id


def test_fireworks_goes_on_from_a_tuned_model(tmp_path: Path) -> None:
    service = SERVICES["fireworks"]
    with FakeFireworks() as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        tuned = "accounts/me/models/tuned-1"
        job = provider.create_job(request_for(service, file.id, model=tuned))
        assert fake.bodies[-1]["warmStartFrom"] == tuned
        assert "baseModel" not in fake.bodies[-1]
        assert job.model == tuned
        own = "accounts/me/models/uploaded-1"
        provider.create_job(request_for(service, file.id, model=own, ref="fts-20261129-aaaaaaaaaaaaaaaa"))
        assert fake.bodies[-1]["baseModel"] == own


def test_fireworks_large_files_go_to_the_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finetune_studio.providers.fireworks._ONE_REQUEST", 10)
    with FakeFireworks() as fake:
        provider = SERVICES["fireworks"].provider(fake)
        path = a_file(tmp_path)
        assert provider.upload_file(path, NAME).status == "ready"
        assert list(fake.contents.values()) == [path.read_bytes()]
        assert fake.calls("POST", r".*:validateUpload") == 1


def test_fireworks_takes_the_account_from_the_address(tmp_path: Path) -> None:
    with FakeFireworks(accounts=("me", "team")) as fake:
        provider = SERVICES["fireworks"].provider(fake)
        with pytest.raises(ProviderError, match=r"accounts/me, accounts/team") as caught:
            provider.list_files()
        assert "accounts/NAME" in caught.value.advice
        facts = wire_facts(PROFILES["fireworks"])
        named = FireworksProvider(facts, fake.base_url + "accounts/me", Secret(fake.key))
        fake.on_close.append(named.close)
        file = named.upload_file(a_file(tmp_path), NAME)
        named.create_job(request_for(SERVICES["fireworks"], file.id))
        assert fake.bodies[-1]["dataset"] == f"accounts/me/datasets/{file.id}"
        assert named.chat_address() == f"{fake.root}/inference/v1/"


def test_mistral_sends_what_its_schema_asks_for_and_names_a_missing_field(tmp_path: Path) -> None:
    service = SERVICES["mistral"]
    with FakeMistral(script=("RUNNING", "RUNNING", "SUCCESS"), page_size=1) as fake:
        provider = service.provider(fake)
        file = provider.upload_file(a_file(tmp_path), NAME)
        other = provider.upload_file(a_file(tmp_path), "other.jsonl")
        request = request_for(service, file.id, validation_file=other.id, suffix="m")
        job = provider.create_job(request)
        assert fake.bodies[-1] == {
            "model": service.model,
            "training_files": [{"file_id": file.id, "weight": 1}],
            "validation_files": [other.id],
            "hyperparameters": {},
            "auto_start": True,
            "job_type": "completion",
            "suffix": "m",
        }
        assert provider.find_file(NAME, 1000) is not None, "on the second page"
        for _ in range(2):
            provider.get_job(job.id)
        points = metrics_of_events(provider.list_events(job.id))
        assert [(point.step, point.train_loss) for point in points] == [(10, 2.0), (20, 1.0)]
        with pytest.raises(ProviderError, match=r"body/training_files: Field required\."):
            provider._wire.json(  # type: ignore[attr-defined]
                "POST", "fine_tuning/jobs", body={"model": "m", "hyperparameters": {}}, changes=True
            )
